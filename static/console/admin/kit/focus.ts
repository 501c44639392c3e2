/** Where the focus goes when what was pressed has moved, or has made something new. */

/** To the first of these ids that can take it, once the page shows what the event has changed. */
export function focusAfter(event: Event, ...ids: readonly string[]): void {
  const root = (event.currentTarget as HTMLElement).getRootNode() as ShadowRoot;
  requestAnimationFrame(() => {
    const found = ids.map((id) => root.getElementById(id)).find((one) => one && !one.matches(":disabled"));
    found?.focus();
  });
}
