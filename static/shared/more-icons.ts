/** Drawings that no page needs at once. */

import { addIcons } from "./icon.ts";

addIcons({
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  download: "M12 4v11m-5-5 5 5 5-5M5 20h14",
  list: "M8 6h12M8 12h12M8 18h12M4 6v.01M4 12v.01M4 18v.01",
  phone: "M7 2.5h10v19H7zM11 18.5h2",
  plus: "M12 5v14M5 12h14",
  translate: "M3 6h10M8 3.5V6c0 4-2 7-5 9m2.5-5c1.5 2.5 4 4 6.5 4.5M12 21l4.5-10L21 21m-7.5-3.5h6",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13",
});
