// Pinyin letters to characters, for the kiosk's keyboard: candidates(spelling, kind) → [{word, used}], best first.
// `used` is how many letters of the spelling a word takes. At the start of a name surnames come before other characters, so 曾 stands first
// under zeng, 单 under shan, 朴 under piao, and two-character surnames are offered whole; after it, what given names are made of.
import chinese from "../vendor/simple-keyboard-layouts/chinese.js";

const LONGEST = 6;
const FEW = 4;

// About nine in ten people; the order is how common the name is.
const SURNAMES =
  "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺毛段郝顾龚邵覃武钱戴严莫孔向常" +
  "汤康易乔文赖樊兰殷施陈洪翟安颜倪牛温芦季俞章鲁葛伍申尤毕聂柴焦向柳邢岳齐沿梅庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜" +
  "吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺区朴曾翦";

// What given names are made of, so that 怡 need not be looked for behind 一 以 已 意.
const GIVEN =
  "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲华红玉建国志海燕婷雪慧琳怡晓春梅云飞鹏宇浩然子轩欣雨佳梓涵俊思颖嘉瑞晨博睿诗琪梦瑶萱妍一诺依可馨美莉莹洁雅倩蕾薇菲露瑾瑜璇彤昕怀远航毅峰林森波斌彬宁宏健康安乐天成龙虎" +
  "凤鹤鸿振兴旺盛世昌德仁义礼智信忠孝良善诚正立家国民生新永恒长久福禄寿喜庆祥瑞金银宝珍珠琴棋书画诗词歌舞星月阳光辰昊旭晖景晴岚岳山川江河湖泊清泉源溪松柏竹菊荷莲蓉芝芸芬苗苏若蓝青紫丹彩虹霖露霜冰凌寒冬夏秋东西南北中" +
  "卫兵武斗胜利跃进革新向前学勤俭恩惠慈爱友孟仲叔季伯元亨贞利达通顺和谐圆满如意亦凡非凡承泽沐阳煜烨炜焕灿耀辉煌钧铭锋锐钊鑫淼垚尧舜禹汤轶逸伊艺懿译亿";

const TWO = {
  ouyang: "欧阳", shangguan: "上官", sima: "司马", zhuge: "诸葛", situ: "司徒", xiahou: "夏侯", huangfu: "皇甫", dongfang: "东方", linghu: "令狐", murong: "慕容",
  gongsun: "公孙", duanmu: "端木", zhangsun: "长孙", yuwen: "宇文", dugu: "独孤", nangong: "南宫", yuchi: "尉迟", moqi: "万俟", sikong: "司空", baili: "百里", dongguo: "东郭", ximen: "西门",
};

/** The table of the vendored layout: a syllable and its characters, the commonest first. ü is written v. */
const TABLE = new Map(Object.entries(chinese.layoutCandidates).map(([syllable, words]) => [syllable, words.split(" ")]));
const SYLLABLES = [...TABLE.keys()].sort();
const ranked = (words) => new Map([...words].map((word, n) => [word, n]).reverse());
const surnames = ranked(SURNAMES);
const given = ranked(GIVEN);

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

function before(preferred) {
  const place = (word) => preferred.get(word) ?? Number.MAX_SAFE_INTEGER;
  return (words) => [...words].sort((a, b) => place(a) - place(b));
}

const ORDERS = { surname: before(surnames), given: before(given), word: (words) => words };

function unfinished(letters, order) {
  const longer = SYLLABLES.filter((syllable) => syllable.startsWith(letters) && syllable !== letters);
  return order(longer.flatMap((syllable) => order(TABLE.get(syllable)).slice(0, FEW)));
}

/** Words for a spelling such as "zhangwei" or "zh", best first; each says how many letters it takes. kind: surname, given (the rest of a name), word. */
export function candidates(spelling, kind = "word") {
  const found = new Map();
  const add = (words, used) => words.forEach((word) => found.has(word) || found.set(word, used));
  const order = ORDERS[kind];
  const two = kind === "surname" ? Object.entries(TWO) : [];
  for (const [letters, word] of two) if (spelling.startsWith(letters)) add([word], letters.length);
  if (TABLE.has(spelling)) add(order(TABLE.get(spelling)), spelling.length);
  for (const [letters, word] of two) if (spelling.length > 2 && letters.startsWith(spelling)) add([word], spelling.length);
  if (isStart(spelling)) add(unfinished(spelling, order), spelling.length);
  for (let n = Math.min(LONGEST, spelling.length - 1); n > 0; n -= 1) {
    const words = TABLE.get(spelling.slice(0, n));
    if (words && isSpellable(spelling.slice(n))) add(order(words), n);
  }
  return [...found].map(([word, used]) => ({ word, used }));
}
