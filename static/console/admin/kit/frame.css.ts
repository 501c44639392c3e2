/** Styles of `<dw-admin-frame>`, after those of head.css.ts. */
import { css } from "lit";

export const frameStyles = css`
  :host {
    display: grid;
    flex: 1;
    grid-template: minmax(0, 1fr) / minmax(220px, 300px) minmax(0, 1fr);
    min-width: 0;
    min-height: 0;
  }
  section {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
  }
  .rows {
    border-inline-end: 1px solid var(--line);
  }
  .thing {
    container: thing / inline-size;
  }
  .title {
    padding-inline: 24px;
  }
  .title h2 {
    outline: none;
    font-size: var(--size-20);
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  .scroll {
    flex: 1;
    min-height: 0;
    overflow-y: auto;
  }
  .lead {
    color: var(--text-soft);
    font-size: var(--size-13);
  }
  .what {
    display: grid;
    justify-items: start;
    gap: 12px;
    max-width: 520px;
    padding: 24px;
  }
  .what h2 {
    font-size: var(--size-20);
  }
  .thing > .lead {
    padding: 24px;
  }
  .pages {
    display: none;
  }
  .tabs {
    display: flex;
    flex-wrap: wrap;
    gap: 2px;
    padding: 0 16px 8px;
  }
  .tabs a {
    display: flex;
    align-items: center;
    min-height: 32px;
    padding: 4px 10px;
    border-radius: var(--radius-control);
    color: var(--text-soft);
    font-size: var(--size-13);
    text-decoration: none;
  }
  .tabs a:hover {
    background: var(--sunken);
  }
  .tabs a[aria-current] {
    background: var(--sunken);
    color: var(--text);
    font-weight: 600;
  }
  /* where not all of them stand in one line, in the longest language */
  @container thing (max-width: 679px) {
    .tabs {
      display: none;
    }
    .pages {
      display: block;
      width: auto;
      margin: 0 16px 12px;
    }
  }
  .fields {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 20px;
    max-width: 640px;
    padding: 8px 24px 40px;
  }
  .aside {
    display: none;
  }
  @media (min-width: 1400px) {
    .scroll:has(.aside) {
      display: flex;
      align-items: start;
    }
    .scroll:has(.aside) .fields {
      flex: 1;
      min-width: 0;
    }
    .aside {
      position: sticky;
      top: 0;
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      flex: none;
      gap: 12px;
      width: 300px;
      padding: 8px 24px 40px 0;
    }
  }
  .removal {
    margin-top: 16px;
    padding-top: 16px;
    border-top: 1px solid var(--line);
  }
  .quiet {
    margin-inline-start: -14px;
    color: var(--danger-text);
  }
  .bar {
    display: flex;
    align-items: center;
    justify-content: flex-end;
    gap: 8px;
    /* the buttons end where the fields do */
    padding: 10px max(24px, 100% - 616px) max(10px, env(safe-area-inset-bottom)) 24px;
    border-top: 1px solid var(--line);
    background: var(--ground);
  }
  .bar p {
    flex: 1;
    min-width: 0;
    font-size: var(--size-13);
    overflow-wrap: anywhere;
  }
  .bar button {
    flex: none;
  }
  @media (max-width: 1099px) {
    :host {
      grid-template-columns: minmax(0, 1fr);
    }
    [data-behind] {
      display: none;
    }
    .rows {
      border: 0;
    }
    .thing .back {
      display: inline-flex;
    }
    .title {
      padding-inline: 12px;
    }
  }
  @media (max-width: 639px) {
    .fields {
      padding-inline: 16px;
    }
    .bar {
      flex-wrap: wrap;
      padding-inline: 16px;
    }
    .bar p {
      flex-basis: 100%;
    }
    .bar p:not(.wrong) {
      display: none;
    }
  }
`;
