/** Styles of `<dw-search>`. */
import { css } from "lit";

export const searchStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
  }
  .field {
    padding: 0 12px 8px;
  }
  .say {
    padding: 4px 14px 8px;
    color: var(--text-soft);
    font-size: var(--size-13);
  }
  ul {
    flex: 1;
    overflow-y: auto;
    border-top: 1px solid var(--line);
  }
  ul:empty {
    border: 0;
  }
  a {
    display: block;
    padding: 8px 12px 8px 11px;
    border-bottom: 1px solid var(--line);
  }
  .line {
    display: flex;
    align-items: center;
    gap: 6px;
    min-width: 0;
  }
  .key {
    flex: none;
  }
  .end {
    flex: none;
    margin-inline-start: auto;
  }
  .snippet {
    display: -webkit-box;
    margin: 2px 0;
    overflow: hidden;
    overflow-wrap: anywhere;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  mark {
    border-radius: 2px;
    background: var(--warning-tint);
    color: var(--warning-text);
    font-weight: 600;
  }
`;
