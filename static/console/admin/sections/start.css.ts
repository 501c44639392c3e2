/** Styles of `<dw-admin-start>`, after those of head.css.ts. */
import { css } from "lit";

export const startStyles = css`
  .page {
    gap: 12px;
    max-width: 680px;
  }
  .page header h2 {
    font-size: var(--size-28);
    line-height: 1.2;
  }
  h3 {
    font-size: var(--size-14);
    overflow-wrap: anywhere;
  }
  p {
    color: var(--text-soft);
    font-size: var(--size-13);
    overflow-wrap: anywhere;
  }
  p.lead {
    margin-bottom: 8px;
    font-size: var(--size-14);
  }
  p.wrong {
    color: var(--danger-text);
  }
  .card {
    border: 1px solid var(--line);
    border-radius: var(--radius-card);
  }
  .card > li {
    display: flex;
    gap: 14px;
    padding: 14px 16px;
  }
  .card > li + li {
    border-top: 1px solid var(--line);
  }
  .card > li > div {
    flex: 1;
    min-width: 0;
  }
  .card dw-icon,
  .number {
    flex: none;
    width: 20px;
    height: 20px;
    margin-top: 1px;
  }
  .number {
    border: 1px solid var(--line-strong);
    border-radius: 50%;
    color: var(--text-soft);
    font-size: var(--size-12);
    line-height: 18px;
    text-align: center;
  }
  .done dw-icon {
    color: var(--success-text);
  }
  .later h3 {
    color: var(--text-soft);
    font-weight: 500;
  }
  .portals > li {
    flex-wrap: wrap;
    align-items: center;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-top: 10px;
  }
  .button.primary {
    border-color: transparent;
    background: var(--accent);
    color: var(--on-accent);
  }
  .page > h3 {
    margin-top: 16px;
  }
  .next {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(240px, 100%), 1fr));
    gap: 16px;
  }
  .next a {
    font-weight: 500;
  }
  @media (max-width: 639px) {
    .page header h2 {
      font-size: var(--size-20);
    }
  }
`;
