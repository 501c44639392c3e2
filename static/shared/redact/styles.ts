/** The look of the editor: the picture takes all the room, tools stand below it, where thumbs are. */

import { css } from "lit";

export const editorStyles = css`
  dialog[open] {
    display: grid;
    grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr);
    width: 100vw;
    max-width: none;
    height: 100dvh;
    max-height: none;
    padding: 0;
    border: 0;
    background: var(--ground);
    color: var(--text);
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
    padding: 8px 12px;
    background: var(--surface);
  }
  .top {
    padding-top: max(8px, env(safe-area-inset-top));
    border-bottom: 1px solid var(--line);
  }
  .bottom {
    justify-content: center;
    padding-bottom: max(8px, env(safe-area-inset-bottom));
    border-top: 1px solid var(--line);
  }
  h2 {
    flex: 1 1 0;
    min-width: 0;
    font-size: var(--size-16);
    line-height: 1.2;
    overflow-wrap: anywhere;
  }
  .group {
    display: flex;
    flex-wrap: wrap;
    gap: 2px;
  }
  .group + .group {
    padding-inline-start: 8px;
    border-inline-start: 1px solid var(--line);
  }
  .group button {
    min-width: var(--target);
    padding: 4px 8px;
  }
  .group [aria-pressed="true"] {
    background: var(--accent-tint);
    color: var(--accent-text);
  }
  .hint {
    flex: 1 0 100%;
    color: var(--text-soft);
    font-size: var(--size-13);
    text-align: center;
  }
  .problem {
    flex: 1 0 100%;
    color: var(--danger-text);
    font-size: var(--size-13);
  }
  .unreadable {
    place-self: center;
    max-width: 400px;
    padding: 24px;
    color: var(--text-soft);
  }
  @media (max-width: 720px) {
    .tools {
      display: grid;
      grid-template-columns: repeat(5, minmax(0, 1fr));
      width: 100%;
    }
    .tools button {
      flex-direction: column;
      gap: 2px;
      min-width: 0;
      padding: 6px 0;
      font-size: var(--size-12);
      hyphens: auto;
    }
    .group + .group {
      padding: 0;
      border: 0;
    }
  }
`;

export const stageStyles = css`
  :host {
    display: grid;
    padding: 0;
    overflow: hidden;
    overscroll-behavior: contain;
    background: var(--gray-3);
  }
  :host([zoomed]) {
    overflow: auto;
  }
  .picture {
    position: relative;
    margin: auto;
  }
  canvas,
  svg {
    display: block;
    position: absolute;
    width: 100%;
    height: 100%;
    inset: 0;
  }
  svg {
    overflow: visible;
    cursor: crosshair;
    touch-action: none;
  }
  svg:focus-visible {
    outline-offset: -2px;
  }
  svg.hand {
    cursor: grab;
  }
  g:focus {
    outline: none;
  }
  path {
    fill: none;
    vector-effect: non-scaling-stroke;
  }
  .cut {
    fill: #000000a8;
  }
  .hit {
    fill: #0000;
    stroke: #0000;
    stroke-width: 24px;
    pointer-events: all;
    cursor: move;
  }
  circle.hit {
    stroke: none;
    cursor: pointer;
  }
  .blackout .hit,
  .blur .hit {
    stroke-width: 2px;
  }
  .mark.crop .hit {
    pointer-events: stroke;
  }
  svg.crop .mark.crop .hit {
    pointer-events: all;
  }
  svg:not(.crop, .hand) :is(.mark, .grips).crop .hit {
    pointer-events: none;
  }
  /* over any picture: a dark line in a light one */
  .ring {
    stroke: #ffffff;
    stroke-width: 1px;
    stroke-dasharray: 4 4;
    filter: drop-shadow(0 0 1px #000);
    pointer-events: none;
  }
  .arrow .ring {
    stroke: none;
  }
  .chosen .ring {
    stroke: #ffffff;
    stroke-width: 2px;
    stroke-dasharray: none;
  }
  g:focus-visible .ring {
    stroke: #8fb0ff;
    stroke-width: 3px;
  }
  .grip {
    fill: #ffffff;
    stroke: #2456d6;
    stroke-width: 2px;
    vector-effect: non-scaling-stroke;
    pointer-events: none;
  }
`;
