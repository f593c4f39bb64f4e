/** More telling than `Mozilla`, by which all of them call themselves; browsers that name another one come before it. */
const BROWSERS = [
  /\bEdg(?:e|A)?\/(\d+)/,
  /\bOPR\/(\d+)/,
  /\bFirefox\/(\d+)/,
  /\bChrome\/(\d+)/,
  /\bVersion\/(\d+).*Safari/,
];
const NAMES = ['Edge', 'Opera', 'Firefox', 'Chrome', 'Safari'];
const SYSTEMS = [/Android/, /iPhone|iPad/, /Windows/, /Mac OS X/, /Linux/];
const SYSTEM_NAMES = ['Android', 'iOS', 'Windows', 'macOS', 'Linux'];
const LONGEST = 60;

/** The browser and its system, from what it says of itself; what is not known is shown as it is, cut short. */
export function shortAgent(agent: string): string {
  const browser = BROWSERS.findIndex((pattern) => pattern.test(agent));
  if (browser === -1) return agent.slice(0, LONGEST);
  const version = BROWSERS[browser]!.exec(agent)![1];
  const system = SYSTEMS.findIndex((pattern) => pattern.test(agent));
  return `${NAMES[browser]} ${version}${system === -1 ? '' : `, ${SYSTEM_NAMES[system]}`}`;
}
