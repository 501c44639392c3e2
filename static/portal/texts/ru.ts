import common from "../../locales/ru/common.json";
import portal from "../../locales/ru/portal.json";

export default { ...common, ...portal };
