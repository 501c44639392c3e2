/** The look of `<dw-viewer>`. */

import { css } from "lit";

export const viewerStyles = css`
  dialog {
    flex-direction: column;
    width: 100vw;
    max-width: none;
    height: 100dvh;
    max-height: none;
    padding: 0;
    border: 0;
    background: var(--ground);
    color: var(--text);
  }
  dialog[open] {
    display: flex;
  }
  .bar {
    display: flex;
    flex: none;
    align-items: center;
    padding: 6px 8px 6px 16px;
    padding-top: max(6px, env(safe-area-inset-top));
    border-bottom: 1px solid var(--line);
    background: var(--surface);
  }
  h2 {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    font-size: var(--size-14);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  output {
    flex: none;
    width: 44px;
    color: var(--text-soft);
    font-size: var(--size-13);
    font-variant-numeric: tabular-nums;
    text-align: center;
  }
  .stage {
    display: grid;
    flex: 1;
    min-height: 0;
    overflow: auto;
    overscroll-behavior: contain;
  }
  .stage:focus-visible {
    outline-offset: -2px;
  }
  img {
    max-width: none;
    margin: auto;
    /* what shines through is shown on white, as it was drawn for */
    background: #fff;
    box-shadow: var(--shadow);
  }
`;
