// Pinyin letters to characters, for the kiosk's keyboard: candidates(spelling, {first}) → [{word, used}], best first.
// `used` is how many letters of the spelling a word takes. With `first` (the start of a name) surnames come before other characters,
// so 曾 stands first under zeng, 单 under shan, 朴 under piao, and two-character surnames are offered whole.
import chinese from "../vendor/simple-keyboard-layouts/chinese.js";

const LONGEST = 6;
const FEW = 4;

// About nine in ten people; the order is how common the name is.
const SURNAMES =
  "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺毛段郝顾龚邵覃武钱戴严莫孔向常" +
  "汤康易乔文赖樊兰殷施陈洪翟安颜倪牛温芦季俞章鲁葛伍申尤毕聂柴焦向柳邢岳齐沿梅庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜" +
  "吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺区朴曾翦";

const TWO = {
  ouyang: "欧阳", shangguan: "上官", sima: "司马", zhuge: "诸葛", situ: "司徒", xiahou: "夏侯", huangfu: "皇甫", dongfang: "东方", linghu: "令狐", murong: "慕容",
  gongsun: "公孙", duanmu: "端木", zhangsun: "长孙", yuwen: "宇文", dugu: "独孤", nangong: "南宫", yuchi: "尉迟", moqi: "万俟", sikong: "司空", baili: "百里", dongguo: "东郭", ximen: "西门",
};

/** The table of the vendored layout: a syllable and its characters, the commonest first. ü is written v. */
const TABLE = new Map(Object.entries(chinese.layoutCandidates).map(([syllable, words]) => [syllable, words.split(" ")]));
const SYLLABLES = [...TABLE.keys()].sort();
const rank = new Map([...SURNAMES].map((word, n) => [word, n]).reverse());

function isStart(letters) {
  return SYLLABLES.some((syllable) => syllable.startsWith(letters));
}

/** Whether letters can be read as whole syllables, the last one perhaps unfinished. */
export function isSpellable(letters) {
  if (letters === "" || isStart(letters)) return true;
  for (let n = Math.min(LONGEST, letters.length - 1); n > 0; n -= 1) {
    if (TABLE.has(letters.slice(0, n)) && isSpellable(letters.slice(n))) return true;
  }
  return false;
}

function surnamesFirst(words) {
  const place = (word) => rank.get(word) ?? SURNAMES.length;
  return [...words].sort((a, b) => place(a) - place(b));
}

function unfinished(letters, order) {
  const longer = SYLLABLES.filter((syllable) => syllable.startsWith(letters) && syllable !== letters);
  return order(longer.flatMap((syllable) => order(TABLE.get(syllable)).slice(0, FEW)));
}

/** Words for a spelling such as "zhangwei" or "zh", best first; each says how many letters it takes. */
export function candidates(spelling, { first = false } = {}) {
  const found = new Map();
  const add = (words, used) => words.forEach((word) => found.has(word) || found.set(word, used));
  const order = first ? surnamesFirst : (words) => words;
  if (first) for (const [letters, word] of Object.entries(TWO)) if (spelling.startsWith(letters) || (spelling.length > 3 && letters.startsWith(spelling))) add([word], Math.min(letters.length, spelling.length));
  const whole = TABLE.get(spelling);
  if (whole) add(order(whole), spelling.length);
  if (isStart(spelling)) add(unfinished(spelling, order), spelling.length);
  for (let n = Math.min(LONGEST, spelling.length - 1); n > 0; n -= 1) {
    const words = TABLE.get(spelling.slice(0, n));
    if (words && isSpellable(spelling.slice(n))) add(order(words), n);
  }
  return [...found].map(([word, used]) => ({ word, used }));
}
