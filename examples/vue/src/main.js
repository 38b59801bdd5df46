import { createAuth } from "nightlatch/vue";
import { createApp } from "vue";

import App from "./App.vue";
import { options } from "./auth.js";
import { goTo } from "./path.js";

createApp(App).use(createAuth(options, { onError: console.error, onReturn: goTo })).mount("#app");
