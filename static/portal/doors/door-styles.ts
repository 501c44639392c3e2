/** The look of `<dw-doors>`. */

import { css } from "lit";

export const doorStyles = css`
  :host {
    display: grid;
    gap: 20px;
  }
  header,
  section {
    display: grid;
    gap: 12px;
    min-width: 0;
  }
  h1 {
    font-size: var(--size-20);
    line-height: 1.25;
    overflow-wrap: anywhere;
  }
  h2 {
    font-size: var(--size-16);
    overflow-wrap: anywhere;
  }
  .logo {
    max-width: 100%;
    max-height: 56px;
    border-radius: var(--radius-control);
    justify-self: start;
  }
  .welcome {
    color: var(--text-soft);
    white-space: pre-line;
    overflow-wrap: anywhere;
  }
  .doors {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(240px, 100%), 1fr));
    gap: 8px;
  }
  .door {
    justify-content: start;
    gap: 12px;
    width: 100%;
    height: 100%;
    min-height: 56px;
    padding: 10px 14px;
    border-color: var(--line-strong);
    text-align: start;
  }
  .door:hover {
    border-color: var(--accent);
  }
  .name {
    flex: 1;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .face {
    display: grid;
    place-items: center;
    flex: none;
    width: 36px;
    height: 36px;
    border-radius: 50%;
    background: var(--sunken);
    color: var(--text-soft);
    object-fit: cover;
  }
  .here {
    color: var(--text-soft);
    font-size: var(--size-13);
    font-weight: 400;
  }
  .here.yes {
    color: var(--success-text);
  }
  .chosen {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 4px 16px;
  }
  .chosen h2 {
    min-width: 0;
  }
  .gone {
    padding: 12px;
    border: 1px solid var(--warning);
    border-radius: var(--radius-control);
    background: var(--warning-tint);
  }
  :host > .link {
    justify-self: start;
    min-height: var(--target);
  }
`;
