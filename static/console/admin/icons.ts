/** Drawings of the set-up. */
import { addIcons } from "../../shared/icon.ts";

addIcons({
  badge: "M4 5h16v14H4zM9 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4zm-3 4c.4-1.8 1.5-2.6 3-2.6s2.6.8 3 2.6M15 9h2.5M15 13h2.5",
  branch: "M6 4v16M6 12h5a4 4 0 0 0 4-4V6m-3 2 3-3 3 3M14.5 16.5l3 3m0-3-3 3",
  building: "M5 21V4h9v17M14 9h5v12M3 21h18M8.5 8v.01M8.5 12v.01M8.5 16v.01",
  door: "M6 21V3h12v18M3 21h18M14 12v.01",
  flag: "M6 21V4h12l-3 4 3 4H6",
  history: "M4 12a8 8 0 1 0 2.5-5.8L4 8.5M4 4v4.5h4.5M12 8v4l3 2",
  reply: "M4 5h16v11H9l-5 4zM8 9h8M8 12h5",
  team: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zm-6.5 8c.5-3.2 3-5 6.5-5s6 1.8 6.5 5M15.5 4.3a3.5 3.5 0 0 1 0 6.4M18 14.3c2 .7 3.2 2.3 3.5 4.7",
  up: "M12 19V5m-6 6 6-6 6 6",
});
