/**
 * The one script on somebody else's site: a round button, and behind it, from the first click on, an iframe of ours.
 *
 *   <script src="https://desk.example/w/acme.js" async></script>
 *
 * It stores nothing, loads nothing before the click, and touches nothing of the page around it: its elements live in a
 * closed shadow root and its styles in a constructed sheet, which the site's Content-Security-Policy does not forbid.
 *
 *   Deskwire.open(), .close(), .toggle(), .identify(jwt)
 *   (window.Deskwire ||= []).push(["identify", jwt])       works before this script has arrived
 */

import type { ToApp, ToLoader } from "./messages.ts";

interface Deskwire {
  open(): void;
  close(): void;
  toggle(): void;
  identify(jwt: string): void;
  push(call: Call): void;
}

type Call = readonly ["open" | "close" | "toggle"] | readonly ["identify", string];

declare global {
  interface Window {
    Deskwire?: Deskwire | Call[];
  }
}

const SMALL = "(max-width:480px)";

const STYLES = `
:host{all:initial}
button,.panel{position:fixed;z-index:2147483000;right:calc(20px + env(safe-area-inset-right));border:0}
button{bottom:calc(20px + env(safe-area-inset-bottom));width:56px;height:56px;padding:14px;border-radius:50%;background:#2456c9;color:#fff;box-shadow:0 2px 12px #0000004d;cursor:pointer}
button:focus-visible{outline:3px solid #fff;box-shadow:0 0 0 6px #2456c9}
svg{display:block;width:28px;height:28px;fill:none;stroke:currentcolor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
b{position:absolute;top:-2px;right:-2px;min-width:20px;padding:0 5px;border-radius:10px;background:#c4262e;font:600 12px/20px system-ui,sans-serif;box-sizing:border-box}
b:empty,.panel[hidden]{display:none}
.panel{bottom:calc(88px + env(safe-area-inset-bottom));width:380px;height:min(640px,100vh - 112px);border-radius:12px;overflow:hidden;background:Canvas;color-scheme:light dark;box-shadow:0 8px 40px #00000047}
iframe{display:block;width:100%;height:100%;border:0}
.left button,.left .panel{right:auto;left:calc(20px + env(safe-area-inset-left))}
@media ${SMALL}{.panel,.left .panel{inset:0;width:auto;height:auto;border-radius:0}.shown button{display:none}}
`;

const CHAT = "M4 5h16v11H10l-5 4v-4H4z";
const CROSS = "M6 6l12 12M18 6L6 18";

function start(script: HTMLScriptElement): void {
  const address = new URL(script.src);
  const home = address.origin;
  const host = document.createElement("deskwire-widget");
  const root = host.attachShadow({ mode: "closed" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);
  root.adoptedStyleSheets = [sheet];

  const box = element("div");
  const panel = element("div");
  const button = element("button");
  const badge = element("b");
  const drawing = svg("path");
  const icon = svg("svg");
  let frame: HTMLIFrameElement | null = null;
  let waiting: ToApp[] | null = [];
  let unread = 0;

  box.className = script.dataset["side"] === "left" ? "left" : "";
  panel.className = "panel";
  panel.hidden = true;
  button.type = "button";
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  icon.append(drawing);
  button.append(icon, badge);
  box.append(panel, button);
  root.append(box);
  label();

  const api: Deskwire = {
    open() {
      if (!frame) {
        frame = element("iframe");
        frame.title = button.title;
        frame.allow = "clipboard-write";
        frame.onload = listening;
        frame.src = home + address.pathname.replace(/\.js$/, "");
        panel.append(frame);
      }
      show(true);
      frame.focus();
    },
    close() {
      if (panel.hidden) return;
      show(false);
      button.focus();
    },
    toggle() {
      if (panel.hidden) api.open();
      else api.close();
    },
    identify(jwt) {
      tell({ deskwire: "identify", jwt });
    },
    push([name, ...rest]) {
      (api[name] as (...rest: readonly string[]) => void)(...rest);
    },
  };

  function show(shown: boolean): void {
    panel.hidden = !shown;
    box.classList.toggle("shown", shown);
    tell({ deskwire: shown ? "open" : "shut" });
    label();
    fit();
  }

  function label(): void {
    const closed = panel.hidden;
    badge.textContent = unread > 99 ? "99+" : unread > 0 ? String(unread) : "";
    button.title = script.dataset["label"] ?? "Chat";
    button.setAttribute("aria-label", unread > 0 ? `${button.title} (${unread})` : button.title);
    button.setAttribute("aria-expanded", String(!closed));
    drawing.setAttribute("d", closed ? CHAT : CROSS);
  }

  /** Until the app is there, what it is to hear waits. Its script has run when its document has loaded. */
  function tell(message: ToApp): void {
    if (waiting) waiting.push(message);
    else frame?.contentWindow?.postMessage(message, home);
  }

  function listening(): void {
    const held = waiting ?? [];
    waiting = null;
    held.forEach(tell);
  }

  /** On a phone the on-screen keyboard covers the page without changing its size: only the visual viewport knows. */
  function fit(): void {
    const view = visualViewport;
    const small = view && !panel.hidden && matchMedia(SMALL).matches;
    panel.style.height = small ? `${view.height}px` : "";
    panel.style.top = small ? `${view.offsetTop}px` : "";
  }

  addEventListener("message", (event: MessageEvent<ToLoader>) => {
    if (event.origin !== home || !frame || event.source !== frame.contentWindow) return;
    const message = event.data;
    if (message.deskwire === "close") api.close();
    else if (message.deskwire === "unread") {
      unread = message.count;
      label();
    }
  });
  visualViewport?.addEventListener("resize", fit);
  visualViewport?.addEventListener("scroll", fit);
  button.addEventListener("click", api.toggle);

  const before = window.Deskwire;
  window.Deskwire = api;
  (document.body ?? document.documentElement).append(host);
  if (Array.isArray(before)) before.forEach(api.push);
}

function element<Name extends keyof HTMLElementTagNameMap>(name: Name): HTMLElementTagNameMap[Name] {
  return document.createElement(name);
}

function svg<Name extends keyof SVGElementTagNameMap>(name: Name): SVGElementTagNameMap[Name] {
  return document.createElementNS("http://www.w3.org/2000/svg", name);
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement && !(window.Deskwire && !Array.isArray(window.Deskwire))) start(script);
