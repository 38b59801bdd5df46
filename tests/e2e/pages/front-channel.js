// As an app would write it.
import { frontChannelLogout } from "/nightlatch/front-channel.js";

const { issuer, clientId } = await (await fetch("/config.json")).json();
const { status } = await frontChannelLogout({ issuer, clientId, redirectUri: `${location.origin}/e2e/callback.html` });
parent.postMessage(status, "*");
