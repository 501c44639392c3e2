/** Styles of `<dw-details>`. */
import { css } from "lit";

export const detailsStyles = css`
  :host {
    display: block;
    overflow-y: auto;
    font-size: var(--size-13);
  }
  .top {
    display: flex;
    align-items: center;
    gap: 4px;
    min-height: 56px;
    padding: 6px 16px;
    border-bottom: 1px solid var(--line);
  }
  .back {
    display: none;
    margin-inline-start: -8px;
  }
  .who {
    min-width: 0;
  }
  .name {
    display: -webkit-box;
    overflow: hidden;
    font-size: var(--size-14);
    font-weight: 600;
    overflow-wrap: anywhere;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  .where {
    color: var(--text-soft);
  }
  section {
    padding: 12px 16px;
    border-bottom: 1px solid var(--line);
  }
  .answer {
    white-space: pre-wrap;
  }
  section:last-child {
    border: 0;
  }
  h2 {
    margin-bottom: 8px;
    color: var(--text-faint);
    font-size: var(--size-12);
    font-weight: 600;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    min-height: 32px;
  }
  .actions:empty {
    display: none;
  }
  .actions button {
    min-height: 32px;
    font-size: var(--size-13);
  }
  .split {
    position: relative;
    display: inline-flex;
  }
  /* its list hangs under the whole pair, where there is room */
  .split dw-menu {
    --target: 32px;
    position: static;
  }
  .missing:empty {
    display: none;
  }
  .missing {
    margin-top: 8px;
    color: var(--text-soft);
    overflow-wrap: anywhere;
    text-wrap: pretty;
  }
  dl {
    display: grid;
    grid-template-columns: minmax(72px, auto) 1fr;
    gap: 4px 12px;
  }
  dt {
    color: var(--text-soft);
  }
  dd {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  dd select {
    width: auto;
    max-width: 100%;
    min-height: 28px;
    padding: 2px 4px;
  }
  dd .wait {
    font-size: inherit;
  }
  .files {
    display: grid;
    gap: 6px;
  }
  .files li {
    min-width: 0;
  }
  .files a {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .files p {
    color: var(--text-soft);
    font-size: var(--size-12);
  }
  .files ~ .hint {
    margin-top: 8px;
  }
  .agent,
  .hint {
    color: var(--text-soft);
    font-size: var(--size-12);
  }
  @media (pointer: coarse) {
    dd select {
      min-height: 44px;
    }
    .actions button {
      min-height: 44px;
    }
    .split dw-menu {
      --target: 44px;
    }
  }
  @media (max-width: 1099px) {
    .back {
      display: inline-flex;
    }
  }
`;
