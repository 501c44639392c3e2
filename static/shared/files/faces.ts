/** Addresses of pictures that are on their way, for as long as their cards are shown. */
export class Faces {
  readonly #addresses = new Map<Blob, string>();

  /** These are shown from now on, and no others. */
  keep(blobs: readonly Blob[]): void {
    for (const [blob, shown] of this.#addresses) {
      if (blobs.includes(blob)) continue;
      URL.revokeObjectURL(shown);
      this.#addresses.delete(blob);
    }
    for (const blob of blobs) if (!this.#addresses.has(blob)) this.#addresses.set(blob, URL.createObjectURL(blob));
  }

  of(blob: Blob | null): string | null {
    return (blob && this.#addresses.get(blob)) ?? null;
  }
}
