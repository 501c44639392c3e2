/** The console's own drawings, beside the shared ones. */
import { addIcons } from "../../shared/icon.ts";
import "../../shared/more-icons.ts";

addIcons({
  administration: "M14.5 3.6a5 5 0 0 0-4.8 6.9L3.8 16.4a2.7 2.7 0 0 0 3.8 3.8l5.9-5.9a5 5 0 0 0 6.7-6.1L17 11.4l-4.4-.4-.1-4.4z",
  back: "M15 5l-7 7 7 7",
  canned: "M4 5h16v11h-9l-4 4v-4H4zM8 9h8M8 12h5",
  details: "M4 5h16v14H4zM15 5v14",
  key: "M14.5 13.5a5 5 0 1 0-4-4L3 17v4h4v-3h3v-3h2zM16.5 7.5v.01",
  keyboard: "M3 7h18v10H3zM7 10.5v.01M11 10.5v.01M15 10.5v.01M8 14h8",
  mail: "M4 6h16v12H4zM4 7l8 6 8-6",
  mine: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-7 8c.6-3.8 3.4-6 7-6s6.4 2.2 7 6",
  offline: "M7 17.5h10a4 4 0 0 0 .6-7.9A5.5 5.5 0 0 0 7.2 8.2 4.7 4.7 0 0 0 7 17.5zM4 4l16 16",
  refresh: "M20 11a8 8 0 1 0-2.3 6.3M20 5v6h-6",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 20 20",
  settings: "M4 7h9m4 0h3M4 17h3m4 0h9M15 4.5v5M9 14.5v5",
  "sign-out": "M10 4H5v16h5M15 8l4 4-4 4M19 12H9",
  sorted: "M12 6v12m-4.5-5 4.5 5 4.5-5",
  tickets: "M4 6h16M4 12h16M4 18h10",
  unfold: "m7 10 5 5 5-5",
});
