/** Drawings of the editor. */

import { addIcons } from "../icon.ts";

addIcons({
  arrow: "M5 19 19 5m-9 0h9v9",
  blackout: "M4 8h16v8H4zM7 10v4m3-4v4m3-4v4m3-4v4",
  blur: "M12 3.5c3.5 4 5.5 6.6 5.5 9.5a5.5 5.5 0 0 1-11 0c0-2.9 2-5.5 5.5-9.500z",
  crop: "M7 2v15h15M2 7h15v15",
  hand: "M12 3v18M3 12h18M9.5 5.5 12 3l2.5 2.500m-5 13L12 21l2.5-2.500m-9-9L3 12l2.5 2.500m13-5L21 12l-2.5 2.5",
  larger: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 20 20M10.5 7.500v6m-3-3h6",
  redo: "M19 9H9a5 5 0 0 0 0 10h4M15 5l4 4-4 4",
  reset: "M5 12a7 7 0 1 0 2.2-5.100M5 4v4h4",
  smaller: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 20 20M7.5 10.500h6",
  undo: "M5 9h10a5 5 0 0 1 0 10h-4M9 5 5 9l4 4",
});
