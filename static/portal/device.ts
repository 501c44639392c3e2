/** What a page knows of its device and a user agent does not tell (an iPad says it is a Mac). */

import type { DeviceHints } from "../shared/protocol.d.ts";

interface UserAgentData {
  readonly platform?: string;
  readonly mobile?: boolean;
}

export function deviceHints(): DeviceHints {
  const { userAgentData, platform, maxTouchPoints } = navigator as Navigator & { userAgentData?: UserAgentData };
  return {
    max_touch_points: Math.min(256, maxTouchPoints ?? 0),
    platform: (userAgentData?.platform ?? platform ?? "").slice(0, 64),
    mobile: userAgentData?.mobile ?? false,
  };
}
