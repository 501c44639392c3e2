/** How a ticket looks that is a link: in My tickets and among what a search has found. After `looks`. */
import { css } from "lit";

export const ticketLink = css`
  a {
    border-inline-start: 3px solid transparent;
    color: inherit;
    font-size: var(--size-13);
    text-decoration: none;
  }
  a:hover {
    background: var(--ground);
  }
  a[aria-current] {
    border-inline-start-color: var(--accent);
    background: var(--accent-tint);
  }
  a[aria-current] .wait.calm {
    color: var(--text-soft);
  }
  a:focus-visible {
    outline-offset: -2px;
  }
  .key {
    color: var(--text-soft);
    font-size: var(--size-12);
    font-variant-numeric: tabular-nums;
  }
  .customer {
    font-weight: 600;
  }
`;
