/** The look of `<dw-chat>`. */

import { css } from "lit";

export const chatStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
    background: var(--surface);
  }
  /* in a low window what stands above scrolls, and leaves the conversation a third and the field all it needs */
  .head {
    overflow-y: auto;
    padding: 12px 16px;
    border-bottom: 1px solid var(--line);
  }
  h1 {
    display: flex;
    align-items: baseline;
    gap: 10px;
    font-size: var(--size-16);
    line-height: 1.3;
  }
  .key {
    flex: none;
    color: var(--text-soft);
    font-size: var(--size-13);
    font-weight: 600;
    font-variant-numeric: tabular-nums;
  }
  .subject {
    display: -webkit-box;
    overflow: hidden;
    overflow-wrap: anywhere;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  .standing {
    display: flex;
    align-items: baseline;
    gap: 8px;
    margin-top: 4px;
    color: var(--text-soft);
    overflow-wrap: anywhere;
  }
  .standing i {
    flex: none;
    width: 8px;
    height: 8px;
    border: 2px solid var(--text-faint);
    border-radius: 50%;
  }
  .standing.here i {
    border-color: var(--success);
    background: var(--success);
  }
  .standing.taken i,
  .standing.waiting i {
    border-color: var(--warning);
  }
  dw-transcript {
    flex: 1 0 35%;
  }
  .foot {
    flex: none;
    width: 100%;
    max-width: 752px;
    margin: 0 auto;
    padding: 4px 16px max(12px, env(safe-area-inset-bottom));
  }
  .reads {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 12px;
    padding: 0 4px 4px;
    color: var(--text-soft);
    font-size: var(--size-12);
  }
  .reads.warning span {
    color: var(--warning-text);
  }
  .reads button {
    min-height: 24px;
    font-size: inherit;
  }
  .problem {
    padding: 0 4px 8px;
    color: var(--danger-text);
    font-size: var(--size-13);
  }
`;
