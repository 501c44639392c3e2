/** Becoming the person whom the embedding site has signed; loaded when a site does so. */

import { post } from "../shared/api.ts";
import type { CustomerSession } from "../shared/protocol.d.ts";
import type { Journey } from "./journey.ts";

export async function identify(journey: Journey, jwt: string): Promise<void> {
  const { visit } = journey;
  await journey.begun;
  try {
    await visit.enter(
      (storage) => post<CustomerSession>(`${visit.api}/identify`, { jwt, storage }),
      () => visit.session.known && visit.session.verified,
    );
  } catch (error) {
    // the site's developer can mend this, the customer cannot: he goes on without a verified name
    console.warn("Deskwire.identify:", error);
    return;
  }
  if (journey.portal) journey.enter("");
}
