/** Styles of `<dw-workplace>`: three columns; a drawer below 1100 px; one pane at a time below 640 px. */
import { css } from "lit";

export const workplaceStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    height: 100dvh;
    background: var(--surface);
    overflow: hidden;
  }
  .turned-away,
  .absence {
    padding: 6px 16px;
    background: var(--warning-tint);
    color: var(--warning-text);
    font-size: var(--size-13);
    text-align: center;
  }
  .body {
    display: flex;
    flex: 1;
    min-height: 0;
  }
  dw-rail {
    flex: none;
    width: 52px;
  }
  main {
    position: relative;
    display: grid;
    flex: 1;
    grid-template: minmax(0, 1fr) / minmax(280px, var(--list)) 1px minmax(0, 1fr) auto auto;
    min-width: 0;
    min-height: 0;
  }
  dw-admin {
    flex: 1;
    min-width: 0;
    min-height: 0;
  }
  :host([pane="admin"]) main {
    display: none;
  }
  .side {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
  }
  .bar {
    display: flex;
    align-items: center;
    justify-content: space-between;
    min-height: 48px;
    padding: 4px 6px 4px 14px;
  }
  .bar h1 {
    min-width: 0;
    font-size: var(--size-16);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .phone-title {
    display: none;
  }
  dw-shared-list,
  dw-search {
    flex: 1 1 60%;
  }
  dw-my-tickets {
    flex: 0 1 auto;
    min-height: 76px;
    max-height: 42%;
    border-top: 1px solid var(--line);
  }
  .middle {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
  }
  dw-ticket,
  dw-account {
    flex: 1;
    min-height: 0;
  }
  .details {
    display: flex;
    width: var(--details);
    min-height: 0;
    background: var(--surface);
  }
  dw-details {
    flex: 1;
    min-width: 0;
  }
  .scrim {
    display: none;
  }
  .nothing {
    display: grid;
    flex: 1;
    place-content: center;
    gap: 8px;
    padding: 24px;
    color: var(--text-faint);
    font-size: var(--size-13);
    text-align: center;
  }
  kbd {
    display: inline-block;
    min-width: 20px;
    padding: 0 4px;
    border: 1px solid var(--line);
    border-bottom-width: 2px;
    border-radius: 4px;
    font: var(--size-12) / 18px var(--font);
  }
  @media (pointer: coarse) {
    .keys {
      display: none;
    }
  }
  @media (max-width: 1099px) {
    main {
      grid-template-columns: clamp(280px, var(--list), 40vw) 1px minmax(0, 1fr);
    }
    .details-edge,
    .details,
    .scrim {
      display: none;
    }
    :host([pane="details"]) .scrim {
      position: absolute;
      z-index: 5;
      inset: 0;
      display: block;
      background: light-dark(#161a2129, #00000080);
    }
    :host([pane="details"]) .details {
      position: absolute;
      z-index: 6;
      inset: 0 0 0 auto;
      display: flex;
      width: min(360px, 100%);
      box-shadow: var(--shadow);
      animation: slide var(--quick);
    }
    @keyframes slide {
      from {
        translate: 24px;
        opacity: 0;
      }
    }
  }
  @media (max-width: 639px) {
    .body {
      flex-direction: column-reverse;
    }
    main {
      display: flex;
    }
    .side,
    .middle,
    dw-rail,
    dw-splitter,
    .desk-title {
      display: none;
    }
    .phone-title {
      display: inline;
    }
    :host([pane="tickets"]) .side,
    :host([pane="mine"]) .side,
    :host([pane="search"]) .side,
    :host([pane="ticket"]) .middle,
    :host([pane="details"]) .middle,
    :host([pane="account"]) .middle {
      display: flex;
      flex: 1;
    }
    :host([pane="tickets"]) dw-rail,
    :host([pane="mine"]) dw-rail,
    :host([pane="search"]) dw-rail,
    :host([pane="admin"]) dw-rail {
      display: flex;
      width: auto;
    }
    :host([pane="tickets"]) dw-my-tickets,
    :host([pane="search"]) dw-my-tickets,
    :host([pane="mine"]) dw-shared-list,
    :host([pane="mine"]) dw-search {
      display: none;
    }
    dw-my-tickets {
      flex: 1;
      max-height: none;
      border: 0;
    }
    :host([pane="details"]) .details {
      width: 100%;
    }
  }
`;
