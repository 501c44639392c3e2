import common from "../../locales/nl/common.json";
import portal from "../../locales/nl/portal.json";

export default { ...common, ...portal };
