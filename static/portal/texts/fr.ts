import common from "../../locales/fr/common.json";
import portal from "../../locales/fr/portal.json";

export default { ...common, ...portal };
