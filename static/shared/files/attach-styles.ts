/** The look of `<dw-attach>`. */

import { css } from "lit";

/** A small picture, or the type in its place; of what is on its way, too. */
export const faceStyles = css`
  .face {
    display: grid;
    flex: none;
    place-items: center;
    width: 40px;
    height: 40px;
    border-radius: var(--radius-control);
    background: var(--sunken);
    color: var(--text-soft);
    font-size: 0.6875rem;
    font-weight: 600;
    object-fit: cover;
  }
`;

export const attachStyles = css`
  :host {
    position: relative;
    display: block;
  }
  .cloth {
    position: fixed;
    z-index: 20;
    display: grid;
    grid-auto-rows: 1fr;
    background: color-mix(in oklab, var(--surface) 88%, transparent);
    color: var(--accent-text);
    font-size: var(--size-20);
    font-weight: 600;
    /* what is dropped on it falls through to the page, which takes it */
    pointer-events: none;
  }
  .cloth p {
    display: grid;
    place-items: center;
    border: 3px dashed var(--line-strong);
  }
  .cloth .here {
    border-color: var(--accent);
    background: color-mix(in oklab, var(--accent-tint) 88%, transparent);
  }
  .panel {
    position: absolute;
    z-index: 10;
    bottom: 4px;
    left: 0;
    display: grid;
    gap: 10px;
    width: min(440px, 100%);
    max-height: 70vh;
    padding: 14px;
    border: 1px solid var(--line);
    border-radius: var(--radius-card);
    background: var(--surface);
    color: var(--text-soft);
    font-size: var(--size-13);
    box-shadow: var(--shadow);
    overflow-y: auto;
    overflow-wrap: anywhere;
  }
  .ways {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .look {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 24px;
    color: var(--text);
  }
  .look input {
    flex: none;
    width: 16px;
    min-height: 16px;
    height: 16px;
    margin: 0;
    accent-color: var(--accent);
  }
  .problem {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 2px 4px;
    color: var(--danger-text);
    font-size: var(--size-13);
  }
  .problem span {
    flex: 1;
  }
  .tray {
    display: grid;
    gap: 6px;
    max-height: min(40vh, 260px);
    padding: 4px 0 8px;
    overflow-y: auto;
  }
  .card {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 10px;
    padding: 6px 6px 6px 8px;
    border: 1px solid var(--line);
    border-radius: var(--radius-card);
    background: var(--ground);
    font-size: var(--size-13);
  }
  .failed,
  .refused,
  .lost {
    border-color: var(--danger);
    background: var(--danger-tint);
  }
  .about {
    flex: 1 1 150px;
    min-width: 0;
  }
  .name {
    overflow: hidden;
    font-weight: 500;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .state {
    color: var(--text-soft);
    font-size: var(--size-12);
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }
  .failed .state,
  .refused .state,
  .lost .state {
    color: var(--danger-text);
  }
  progress {
    display: block;
    width: 100%;
    height: 4px;
    margin-top: 4px;
    border: 0;
    border-radius: 2px;
    background: var(--gray-4);
    overflow: hidden;
    appearance: none;
  }
  progress::-webkit-progress-bar {
    background: var(--gray-4);
  }
  progress::-webkit-progress-value {
    background: var(--accent);
  }
  progress::-moz-progress-bar {
    background: var(--accent);
  }
  .acts {
    display: flex;
    gap: 4px;
    margin-inline-start: auto;
  }
  .acts button:not(.icon) {
    padding: 4px 10px;
  }
  .all {
    margin-bottom: 8px;
  }
`;
