/** The look of `<dw-transcript>`. */

import { css } from "lit";

export const transcriptStyles = css`
  :host {
    position: relative;
    display: flex;
    flex-direction: column;
    min-height: 0;
    overflow: hidden;
  }
  .scroller {
    flex: 1;
    overflow-y: auto;
    overscroll-behavior: contain;
    /* the element keeps the place itself, in every browser the same way */
    overflow-anchor: none;
  }
  .scroller:focus-visible {
    outline-offset: -2px;
  }
  .lines,
  .rows,
  .skeleton {
    display: flex;
    flex-direction: column;
  }
  .rows > div {
    display: contents;
  }
  .lines {
    justify-content: flex-end;
    max-width: 720px;
    min-height: 100%;
    margin: 0 auto;
    padding: 12px 16px 0;
  }
  .earlier {
    align-self: center;
    color: var(--accent-text);
  }
  .separator {
    display: flex;
    align-items: center;
    gap: 12px;
    margin: 16px 0 12px;
    color: var(--text-faint);
    font-size: var(--size-12);
  }
  .separator::before,
  .separator::after {
    content: "";
    flex: 1;
    border-top: 1px solid var(--line);
  }
  .new {
    color: var(--accent-text);
    font-weight: 600;
  }
  .new::before,
  .new::after {
    border-color: var(--accent);
  }
  .system {
    margin: 8px auto;
    max-width: 100%;
    color: var(--text-faint);
    font-size: var(--size-12);
    text-align: center;
    overflow-wrap: anywhere;
  }
  .bubble {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    max-width: min(85%, 560px);
    margin-top: 2px;
  }
  .own {
    align-self: flex-end;
    align-items: flex-end;
  }
  .first {
    margin-top: 10px;
  }
  .name {
    max-width: 100%;
    margin: 0 4px 2px;
    color: var(--text-soft);
    font-size: var(--size-12);
    font-weight: 600;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .text {
    max-width: 100%;
    padding: 7px 12px;
    border-radius: var(--radius-bubble);
    background: var(--sunken);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .own .text {
    background: var(--accent-tint);
  }
  .text.note {
    border: 1px solid var(--warning);
    background: var(--warning-tint);
  }
  dw-file {
    display: block;
    width: 240px;
    max-width: 100%;
    min-height: calc(56px + min(320px, var(--h) * 240px));
  }
  .text.queued,
  .text.sending {
    opacity: 0.72;
  }
  .text.failed {
    background: var(--danger-tint);
  }
  .meta {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 8px;
    margin: 2px 4px 4px;
    color: var(--text-faint);
    font-size: var(--size-12);
    font-variant-numeric: tabular-nums;
  }
  .own .meta {
    justify-content: flex-end;
  }
  .delivery {
    display: inline-flex;
    align-items: center;
    gap: 3px;
  }
  .delivery.read {
    color: var(--accent-text);
  }
  .delivery.failed,
  .why {
    color: var(--danger-text);
  }
  .meta .link {
    font-size: inherit;
  }
  dw-typing {
    display: flex;
    align-items: center;
    /* reserved, so that nothing moves when somebody begins to type */
    min-height: 28px;
    padding-top: 4px;
    color: var(--text-faint);
    font-size: var(--size-12);
  }
  .latest {
    position: absolute;
    bottom: 12px;
    left: 50%;
    translate: -50% 0;
    padding: 4px 14px;
    border-radius: 999px;
    box-shadow: var(--shadow);
    font-size: var(--size-13);
    white-space: nowrap;
  }
  .skeleton {
    gap: 10px;
    opacity: 0;
    animation: appear 1ms 150ms forwards;
  }
  .skeleton i {
    width: 62%;
    height: 36px;
    border-radius: var(--radius-bubble);
    background: var(--sunken);
  }
  .skeleton i:nth-child(2) {
    align-self: flex-end;
    width: 44%;
  }
  @keyframes appear {
    to {
      opacity: 1;
    }
  }
`;
