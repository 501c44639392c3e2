/** The look of `<dw-customer>`: a column that fills its frame; a chat scrolls inside, everything else as a whole. */

import { css } from "lit";

export const customerStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
    height: 100%;
    background: var(--surface);
  }
  .bar {
    position: relative;
    z-index: 2;
    display: flex;
    flex: none;
    align-items: center;
    gap: 4px;
    min-height: 52px;
    padding: 4px 8px 4px 16px;
    padding-top: max(4px, env(safe-area-inset-top));
    border-bottom: 1px solid var(--line);
  }
  .company {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .notice {
    display: flex;
    flex: none;
    align-items: center;
    gap: 8px;
    padding: 4px 8px 4px 16px;
    border-bottom: 1px solid var(--line);
    background: var(--sunken);
  }
  .notice span {
    flex: 1;
  }
  dw-chat {
    flex: 1;
  }
  main {
    display: grid;
    flex: 1;
    align-content: start;
    gap: 16px;
    padding: 24px 16px max(24px, env(safe-area-inset-bottom));
    overflow-y: auto;
  }
  main > * {
    width: 100%;
    max-width: 560px;
    margin: 0 auto;
  }
  main > :is(button, .link) {
    width: auto;
    min-height: var(--target);
    margin-inline: max(0px, (100% - 560px) / 2) auto;
  }
  h1 {
    font-size: var(--size-20);
    line-height: 1.25;
    overflow-wrap: anywhere;
  }
  .lead {
    margin-top: -8px;
    color: var(--text-soft);
  }
  .loading i {
    height: 44px;
    border-radius: var(--radius-control);
    background: var(--sunken);
    opacity: 0;
    animation: appear 1ms 150ms forwards;
  }
  @keyframes appear {
    to {
      opacity: 1;
    }
  }
`;
