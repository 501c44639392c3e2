/** The look of `<dw-file>`; its width and its least height stand with the transcript, which reserves them. */

import { css } from "lit";

export const cardStyles = css`
  :host {
    border: 1px solid var(--line);
    border-radius: var(--radius-card);
    background: var(--surface);
    overflow: hidden;
  }
  .shot {
    display: block;
    width: 100%;
    height: min(320px, var(--h) * 240px);
    min-height: 48px;
    padding: 0;
    border: 0;
    border-radius: 0;
    background: var(--sunken);
    cursor: zoom-in;
  }
  .shot:focus-visible {
    outline-offset: -2px;
  }
  .shot img {
    display: block;
    width: 100%;
    height: 100%;
    object-fit: cover;
  }
  .line {
    display: flex;
    align-items: center;
    gap: 10px;
    min-height: 54px;
    padding: 4px 4px 4px 10px;
  }
  .about {
    flex: 1;
    min-width: 0;
  }
  .name {
    display: -webkit-box;
    overflow: hidden;
    font-size: var(--size-13);
    font-weight: 500;
    line-height: 1.3;
    overflow-wrap: anywhere;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  .size {
    color: var(--text-soft);
    font-size: var(--size-12);
    font-variant-numeric: tabular-nums;
  }
  a.button {
    border-color: transparent;
    width: var(--target);
    padding: 0;
    flex: none;
    background: none;
    color: var(--text-soft);
  }
  a.button:hover {
    background: var(--sunken);
    color: var(--text);
  }
  .mark {
    display: flex;
    gap: 6px;
    padding: 0 10px 8px;
    color: var(--warning-text);
    font-size: var(--size-12);
  }
  button.link {
    min-height: 24px;
    padding: 0 10px 8px;
    font-size: var(--size-12);
    text-align: start;
  }
`;
