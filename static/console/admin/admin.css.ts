/** Styles of `<dw-admin>`: places at the left; on a phone a page of their own. */
import { css } from "lit";

export const adminStyles = css`
  :host {
    display: flex;
  }
  main {
    position: relative;
    display: grid;
    flex: 1;
    grid-template: minmax(0, 1fr) / 208px minmax(0, 1fr);
    min-width: 0;
    min-height: 0;
  }
  nav {
    display: flex;
    flex-direction: column;
    gap: 12px;
    padding: 14px 8px;
    border-inline-end: 1px solid var(--line);
    background: var(--ground);
    overflow-y: auto;
  }
  .heading {
    padding: 0 8px;
    font-size: var(--size-16);
    font-weight: 700;
  }
  h2 {
    margin-bottom: -8px;
    padding: 0 8px;
    color: var(--text-soft);
    font-size: var(--size-12);
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  nav select {
    flex: none;
    margin-bottom: -8px;
    font-weight: 500;
  }
  nav a {
    display: flex;
    align-items: center;
    gap: 10px;
    min-height: 34px;
    padding: 4px 8px;
    border-radius: var(--radius-control);
    color: var(--text-soft);
    text-decoration: none;
    overflow-wrap: anywhere;
  }
  nav a:hover {
    background: var(--sunken);
  }
  nav a:focus-visible {
    outline-offset: -2px;
  }
  nav a[aria-current] {
    background: var(--gray-3);
    color: var(--text);
    font-weight: 500;
  }
  .place {
    display: flex;
    min-width: 0;
    min-height: 0;
  }
  .place > * {
    flex: 1;
    min-width: 0;
  }
  .failure {
    padding: 24px;
    color: var(--danger-text);
  }
  @media (max-width: 1099px) {
    main {
      grid-template-columns: 184px minmax(0, 1fr);
    }
  }
  @media (max-width: 639px) {
    main {
      grid-template-columns: minmax(0, 1fr);
    }
    :host([pane="places"]) .place,
    :host([pane="place"]) nav {
      display: none;
    }
    nav {
      border: 0;
      background: none;
    }
    nav a {
      min-height: 44px;
    }
  }
`;
