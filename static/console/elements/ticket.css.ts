/** Styles of `<dw-ticket>`. */
import { css } from "lit";

export const ticketStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
  }
  header {
    display: flex;
    align-items: center;
    gap: 4px;
    min-height: 56px;
    padding: 6px 8px 6px 16px;
    border-bottom: 1px solid var(--line);
  }
  .about {
    flex: 1;
    min-width: 0;
  }
  .title {
    display: flex;
    align-items: center;
    gap: 4px;
  }
  .title h1 {
    min-width: 0;
  }
  .title .icon {
    --target: 24px;
    flex: none;
    color: var(--text-soft);
  }
  h1 {
    font-size: var(--size-14);
    font-weight: 600;
  }
  h1:focus-visible {
    outline: none;
  }
  .key {
    color: var(--text-soft);
    font-variant-numeric: tabular-nums;
    font-weight: 400;
  }
  .who {
    display: flex;
    align-items: center;
    gap: 6px;
    min-height: 20px;
    color: var(--text-soft);
    font-size: var(--size-13);
  }
  .who > * {
    flex: none;
  }
  .who > .cut {
    flex: 0 1 auto;
  }
  .back,
  .drawer {
    display: none;
  }
  dw-transcript {
    flex: 1;
    min-height: 0;
  }
  .gone {
    display: grid;
    flex: 1;
    place-content: center;
    justify-items: center;
    gap: 8px;
    padding: 32px 24px;
    color: var(--text-soft);
    text-align: center;
    text-wrap: balance;
  }
  .gone h1 {
    color: var(--text);
  }
  @media (max-width: 1099px) {
    .drawer {
      display: inline-flex;
    }
  }
  @media (max-width: 639px) {
    .back {
      display: inline-flex;
    }
    header {
      padding-inline-start: 4px;
    }
  }
`;
