import { createAuth } from "nightlatch/solid";
import { render } from "solid-js/web";

import { App } from "./App.jsx";
import { options } from "./auth.js";
import { goTo } from "./path.js";

function Root() {
  const auth = createAuth(options, { onError: console.error, onReturn: goTo });
  return <App auth={auth} />;
}

render(() => <Root />, document.querySelector("#app"));
