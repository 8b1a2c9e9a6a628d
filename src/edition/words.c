#include "edition/words.h"

#include "core/date.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"

#include <stdio.h>
#include <string.h>

enum {
	HOURS_FROM = 90, /* minutes that are said in hours */
	MONTH_CHARS = 3, /* of a short name */
};

enum plural { PLURAL_NONE, PLURAL_ONE, PLURAL_ZERO_ONE, PLURAL_SLAVIC };

struct words {
	const char *tag; /* BCP 47 */
	enum plural plural;
	const char *months[12];  /* as they stand in a date */
	const char *titles[12];  /* as they stand alone; NULL: the same */
	const char *weekdays[7]; /* from Sunday */
	const char *date;        /* %A weekday, %d day, %B month, %m its number, %Y year */
	const char *day;
	const char *day_year;
	const char *month;
	const char *hours; /* between hours and minutes */
	const char *first; /* the first day of a month; NULL: "1" */
	const char *text[WORD_COUNT];
	const char *counts[COUNTED_MAX][3];
};

static const struct words table[] = {
	{
		.tag = "en",
		.hours = " h ",
		.plural = PLURAL_ONE,
		.months = {"January", "February", "March", "April", "May", "June", "July", "August",
			"September", "October", "November", "December"},
		.weekdays = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
			"Saturday"},
		.date = "%A, %d %B %Y",
		.day = "%d %B",
		.day_year = "%d %B %Y",
		.month = "%B %Y",
		.text = {[WORD_CONTENTS] = "Contents",
			[WORD_SKIP] = "Skip to the stories",
			[WORD_PREVIOUS] = "Previous edition",
			[WORD_FRONT_PAGE] = "Front page",
			[WORD_ALL_EDITIONS] = "All editions",
			[WORD_LATEST] = "Latest edition",
			[WORD_EDITION] = "No. #",
			[WORD_BY] = "By #",
			[WORD_ORIGINAL] = "Read the original at #",
			[WORD_ALSO] = "Also reported by",
			[WORD_ATTACHED] = "Attached",
			[WORD_EARLIER] = "Published earlier",
			[WORD_UPDATED] = "Changed since they were printed",
			[WORD_WHOLE] = "The whole text as it is now",
			[WORD_EMPTY] = "Nothing new arrived.",
			[WORD_END] = "That is all for today.",
			[WORD_ABOUT] = "About this edition",
			[WORD_WINDOW] = "What arrived from #",
			[WORD_UNTIL] = "until #",
			[WORD_MORE] = "All of #",
			[WORD_TOP] = "Back to the contents",
			[WORD_FORMATS] = "This edition as",
			[WORD_FEEDS] = "How the feeds are doing",
			[WORD_FEED] = "Feed",
			[WORD_LAST_NEW] = "Last news",
			[WORD_RHYTHM] = "A week",
			[WORD_STATE] = "State",
			[WORD_STATE_OK] = "well",
			[WORD_STATE_FAILING] = "failing since #",
			[WORD_VOLUME] = "Articles a day",
			[WORD_TITLE_BEFORE] = "Headline before: #",
			[WORD_ADDED] = "New in it",
			[WORD_REMOVED] = "No longer in it",
			[WORD_NOT_READ] = "# could not be read since @: ",
			[WORD_GAP] =
				"# showed nothing known when it was read: entries in between may be missing",
			[WORD_SEARCH] = "Search",
			[WORD_NO_MATCH] = "Nothing matches.",
			[WORD_UNTITLED] = "(no title)"},
		.counts = {{"# story", "# stories"}, {"# source", "# sources"},
			{"# article", "# articles"}, {"# min read", "# min read"},
			{"# older entry of a new feed is stored and not printed",
				"# older entries of new feeds are stored and not printed"},
			{"# item was left out by your rules",
				"# items were left out by your rules"},
			{"The page of # article could not be read; it has the feed’s own text",
				"The pages of # articles could not be read; they have the feed’s own text"},
			{"# feed has brought nothing for 60 days or more",
				"# feeds have brought nothing for 60 days or more"}},
	},
	{
		.tag = "de",
		.hours = " Std. ",
		.plural = PLURAL_ONE,
		.months = {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August",
			"September", "Oktober", "November", "Dezember"},
		.weekdays = {"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag",
			"Samstag"},
		.date = "%A, %d. %B %Y",
		.day = "%d. %B",
		.day_year = "%d. %B %Y",
		.month = "%B %Y",
		.text = {[WORD_CONTENTS] = "Inhalt",
			[WORD_SKIP] = "Zu den Artikeln springen",
			[WORD_PREVIOUS] = "Vorige Ausgabe",
			[WORD_FRONT_PAGE] = "Titelseite",
			[WORD_ALL_EDITIONS] = "Alle Ausgaben",
			[WORD_LATEST] = "Neueste Ausgabe",
			[WORD_EDITION] = "Nr. #",
			[WORD_BY] = "Von #",
			[WORD_ORIGINAL] = "Das Original bei # lesen",
			[WORD_ALSO] = "Auch berichtet von",
			[WORD_ATTACHED] = "Anhang",
			[WORD_EARLIER] = "Früher erschienen",
			[WORD_UPDATED] = "Seit dem Druck geändert",
			[WORD_WHOLE] = "Der ganze Text im heutigen Stand",
			[WORD_EMPTY] = "Es kam nichts Neues.",
			[WORD_END] = "Das war alles für heute.",
			[WORD_ABOUT] = "Über diese Ausgabe",
			[WORD_WINDOW] = "Eingegangen von #",
			[WORD_UNTIL] = "bis #",
			[WORD_MORE] = "Alles aus #",
			[WORD_TOP] = "Zurück zum Inhalt",
			[WORD_FORMATS] = "Diese Ausgabe als",
			[WORD_FEEDS] = "Wie es den Feeds geht",
			[WORD_FEED] = "Feed",
			[WORD_LAST_NEW] = "Zuletzt Neues",
			[WORD_RHYTHM] = "Pro Woche",
			[WORD_STATE] = "Zustand",
			[WORD_STATE_OK] = "gut",
			[WORD_STATE_FAILING] = "gestört seit #",
			[WORD_VOLUME] = "Artikel je Tag",
			[WORD_TITLE_BEFORE] = "Überschrift bisher: #",
			[WORD_ADDED] = "Neu darin",
			[WORD_REMOVED] = "Nicht mehr darin",
			[WORD_NOT_READ] = "# war seit @ nicht zu lesen: ",
			[WORD_GAP] =
				"# zeigte beim Lesen nichts Bekanntes: dazwischen können Einträge fehlen",
			[WORD_SEARCH] = "Suchen",
			[WORD_NO_MATCH] = "Nichts gefunden.",
			[WORD_UNTITLED] = "(ohne Titel)"},
		.counts = {{"# Artikel", "# Artikel"}, {"# Quelle", "# Quellen"},
			{"# Artikel", "# Artikel"}, {"# Min. Lesezeit", "# Min. Lesezeit"},
			{"# älterer Eintrag eines neuen Feeds ist gespeichert und nicht gedruckt",
				"# ältere Einträge neuer Feeds sind gespeichert und nicht gedruckt"},
			{"# Beitrag ist durch Ihre Regeln weggelassen",
				"# Beiträge sind durch Ihre Regeln weggelassen"},
			{"Die Seite von # Artikel war nicht zu lesen; er hat den Text des Feeds",
				"Die Seiten von # Artikeln waren nicht zu lesen; sie haben den Text des Feeds"},
			{"# Feed brachte seit 60 Tagen oder länger nichts",
				"# Feeds brachten seit 60 Tagen oder länger nichts"}},
	},
	{
		.tag = "fr",
		.hours = " h ",
		.plural = PLURAL_ZERO_ONE,
		.months = {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
			"septembre", "octobre", "novembre", "décembre"},
		.weekdays = {"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi",
			"samedi"},
		.date = "%A %d %B %Y",
		.day = "%d %B",
		.day_year = "%d %B %Y",
		.month = "%B %Y",
		.first = "1er",
		.text = {[WORD_CONTENTS] = "Sommaire",
			[WORD_SKIP] = "Aller aux articles",
			[WORD_PREVIOUS] = "Édition précédente",
			[WORD_FRONT_PAGE] = "La une",
			[WORD_ALL_EDITIONS] = "Toutes les éditions",
			[WORD_LATEST] = "Dernière édition",
			[WORD_EDITION] = "N° #",
			[WORD_BY] = "Par #",
			[WORD_ORIGINAL] = "Lire l’original sur #",
			[WORD_ALSO] = "Également rapporté par",
			[WORD_ATTACHED] = "Pièces jointes",
			[WORD_EARLIER] = "Parus plus tôt",
			[WORD_UPDATED] = "Modifiés depuis leur parution",
			[WORD_WHOLE] = "Le texte entier dans son état actuel",
			[WORD_EMPTY] = "Rien de nouveau n’est arrivé.",
			[WORD_END] = "C’est tout pour aujourd’hui.",
			[WORD_ABOUT] = "À propos de cette édition",
			[WORD_WINDOW] = "Reçu de #",
			[WORD_UNTIL] = "à #",
			[WORD_MORE] = "Toute la rubrique #",
			[WORD_TOP] = "Retour au sommaire",
			[WORD_FORMATS] = "Cette édition en",
			[WORD_FEEDS] = "L’état des flux",
			[WORD_FEED] = "Flux",
			[WORD_LAST_NEW] = "Dernière nouveauté",
			[WORD_RHYTHM] = "Par semaine",
			[WORD_STATE] = "État",
			[WORD_STATE_OK] = "bon",
			[WORD_STATE_FAILING] = "en panne depuis #",
			[WORD_VOLUME] = "Articles par jour",
			[WORD_TITLE_BEFORE] = "Titre précédent : #",
			[WORD_ADDED] = "Ajouté",
			[WORD_REMOVED] = "Retiré",
			[WORD_NOT_READ] = "# est illisible depuis le @ : ",
			[WORD_GAP] =
				"# ne montrait rien de connu : des entrées intermédiaires peuvent manquer",
			[WORD_SEARCH] = "Rechercher",
			[WORD_NO_MATCH] = "Aucun résultat.",
			[WORD_UNTITLED] = "(sans titre)"},
		.counts = {{"# article", "# articles"}, {"# source", "# sources"},
			{"# article", "# articles"}, {"# min de lecture", "# min de lecture"},
			{"# entrée ancienne d’un nouveau flux est conservée sans être imprimée",
				"# entrées anciennes de nouveaux flux sont conservées sans être imprimées"},
			{"# article a été écarté par vos règles",
				"# articles ont été écartés par vos règles"},
			{"La page de # article n’a pas pu être lue ; il garde le texte du flux",
				"Les pages de # articles n’ont pas pu être lues ; ils gardent le texte du flux"},
			{"# flux n’a rien apporté depuis 60 jours ou plus",
				"# flux n’ont rien apporté depuis 60 jours ou plus"}},
	},
	{
		.tag = "es",
		.hours = " h ",
		.plural = PLURAL_ONE,
		.months = {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto",
			"septiembre", "octubre", "noviembre", "diciembre"},
		.weekdays = {"domingo", "lunes", "martes", "miércoles", "jueves", "viernes",
			"sábado"},
		.date = "%A, %d de %B de %Y",
		.day = "%d de %B",
		.day_year = "%d de %B de %Y",
		.month = "%B de %Y",
		.text = {[WORD_CONTENTS] = "Índice",
			[WORD_SKIP] = "Ir a los artículos",
			[WORD_PREVIOUS] = "Edición anterior",
			[WORD_FRONT_PAGE] = "Portada",
			[WORD_ALL_EDITIONS] = "Todas las ediciones",
			[WORD_LATEST] = "Última edición",
			[WORD_EDITION] = "N.º #",
			[WORD_BY] = "Por #",
			[WORD_ORIGINAL] = "Leer el original en #",
			[WORD_ALSO] = "También informan",
			[WORD_ATTACHED] = "Adjuntos",
			[WORD_EARLIER] = "Publicado antes",
			[WORD_UPDATED] = "Modificado desde que se imprimió",
			[WORD_WHOLE] = "El texto completo en su estado actual",
			[WORD_EMPTY] = "No llegó nada nuevo.",
			[WORD_END] = "Eso es todo por hoy.",
			[WORD_ABOUT] = "Sobre esta edición",
			[WORD_WINDOW] = "Recibido desde #",
			[WORD_UNTIL] = "hasta #",
			[WORD_MORE] = "Todo en #",
			[WORD_TOP] = "Volver al índice",
			[WORD_FORMATS] = "Esta edición en",
			[WORD_FEEDS] = "Cómo están los canales",
			[WORD_FEED] = "Canal",
			[WORD_LAST_NEW] = "Última novedad",
			[WORD_RHYTHM] = "Por semana",
			[WORD_STATE] = "Estado",
			[WORD_STATE_OK] = "bien",
			[WORD_STATE_FAILING] = "con fallos desde #",
			[WORD_VOLUME] = "Artículos por día",
			[WORD_TITLE_BEFORE] = "Titular anterior: #",
			[WORD_ADDED] = "Añadido",
			[WORD_REMOVED] = "Retirado",
			[WORD_NOT_READ] = "No se puede leer # desde el @: ",
			[WORD_GAP] =
				"# no mostraba nada conocido: pueden faltar entradas intermedias",
			[WORD_SEARCH] = "Buscar",
			[WORD_NO_MATCH] = "Sin resultados.",
			[WORD_UNTITLED] = "(sin título)"},
		.counts = {{"# artículo", "# artículos"}, {"# fuente", "# fuentes"},
			{"# artículo", "# artículos"}, {"# min de lectura", "# min de lectura"},
			{"# entrada antigua de un canal nuevo está guardada y no se imprime",
				"# entradas antiguas de canales nuevos están guardadas y no se imprimen"},
			{"# artículo quedó fuera por sus reglas",
				"# artículos quedaron fuera por sus reglas"},
			{"No se pudo leer la página de # artículo; lleva el texto del canal",
				"No se pudieron leer las páginas de # artículos; llevan el texto del canal"},
			{"# canal no ha traído nada en 60 días o más",
				"# canales no han traído nada en 60 días o más"}},
	},
	{
		.tag = "ru",
		.hours = " ч ",
		.plural = PLURAL_SLAVIC,
		.months = {"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа",
			"сентября", "октября", "ноября", "декабря"},
		.titles = {"Январь", "Февраль", "Март", "Апрель", "Май", "Июнь", "Июль", "Август",
			"Сентябрь", "Октябрь", "Ноябрь", "Декабрь"},
		.weekdays = {"воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница",
			"суббота"},
		.date = "%A, %d %B %Y г.",
		.day = "%d %B",
		.day_year = "%d %B %Y г.",
		.month = "%B %Y",
		.text = {[WORD_CONTENTS] = "Содержание",
			[WORD_SKIP] = "Перейти к статьям",
			[WORD_PREVIOUS] = "Предыдущий выпуск",
			[WORD_FRONT_PAGE] = "Первая полоса",
			[WORD_ALL_EDITIONS] = "Все выпуски",
			[WORD_LATEST] = "Последний выпуск",
			[WORD_EDITION] = "№ #",
			[WORD_BY] = "Автор: #",
			[WORD_ORIGINAL] = "Читать оригинал на #",
			[WORD_ALSO] = "Об этом также сообщают",
			[WORD_ATTACHED] = "Вложения",
			[WORD_EARLIER] = "Опубликовано раньше",
			[WORD_UPDATED] = "Изменено после выхода",
			[WORD_WHOLE] = "Весь текст в нынешнем виде",
			[WORD_EMPTY] = "Ничего нового не пришло.",
			[WORD_END] = "На сегодня это всё.",
			[WORD_ABOUT] = "Об этом выпуске",
			[WORD_WINDOW] = "Поступило с #",
			[WORD_UNTIL] = "до #",
			[WORD_MORE] = "Весь раздел «#»",
			[WORD_TOP] = "К содержанию",
			[WORD_FORMATS] = "Этот выпуск как",
			[WORD_FEEDS] = "Состояние лент",
			[WORD_FEED] = "Лента",
			[WORD_LAST_NEW] = "Последние новости",
			[WORD_RHYTHM] = "В неделю",
			[WORD_STATE] = "Состояние",
			[WORD_STATE_OK] = "в порядке",
			[WORD_STATE_FAILING] = "не отвечает с #",
			[WORD_VOLUME] = "Статей в день",
			[WORD_TITLE_BEFORE] = "Прежний заголовок: #",
			[WORD_ADDED] = "Добавлено",
			[WORD_REMOVED] = "Убрано",
			[WORD_NOT_READ] = "# не читается с @: ",
			[WORD_GAP] =
				"# не показал ничего известного: часть записей могла быть пропущена",
			[WORD_SEARCH] = "Поиск",
			[WORD_NO_MATCH] = "Ничего не найдено.",
			[WORD_UNTITLED] = "(без заголовка)"},
		.counts = {{"# статья", "# статьи", "# статей"},
			{"# источник", "# источника", "# источников"},
			{"# материал", "# материала", "# материалов"},
			{"# мин чтения", "# мин чтения", "# мин чтения"},
			{"# старая запись новой ленты сохранена, но не напечатана",
				"# старые записи новых лент сохранены, но не напечатаны",
				"# старых записей новых лент сохранено, но не напечатано"},
			{"# материал пропущен по вашим правилам",
				"# материала пропущено по вашим правилам",
				"# материалов пропущено по вашим правилам"},
			{"Страницу # статьи прочесть не удалось; взят текст ленты",
				"Страницы # статей прочесть не удалось; взят текст ленты",
				"Страницы # статей прочесть не удалось; взят текст ленты"},
			{"# лента ничего не принесла за 60 дней или дольше",
				"# ленты ничего не принесли за 60 дней или дольше",
				"# лент ничего не принесли за 60 дней или дольше"}},
	},
	{
		.tag = "zh",
		.hours = "小时",
		.plural = PLURAL_NONE,
		.months = {"1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月",
			"11月", "12月"},
		.weekdays = {"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"},
		.date = "%Y年%B%d日 %A",
		.day = "%B%d日",
		.day_year = "%Y年%B%d日",
		.month = "%Y年%B",
		.text = {[WORD_CONTENTS] = "目录",
			[WORD_SKIP] = "跳到正文",
			[WORD_PREVIOUS] = "上一期",
			[WORD_FRONT_PAGE] = "头版",
			[WORD_ALL_EDITIONS] = "全部期刊",
			[WORD_LATEST] = "最新一期",
			[WORD_EDITION] = "第#期",
			[WORD_BY] = "作者:#",
			[WORD_ORIGINAL] = "在 # 阅读原文",
			[WORD_ALSO] = "其他报道",
			[WORD_ATTACHED] = "附件",
			[WORD_EARLIER] = "较早发表",
			[WORD_UPDATED] = "刊出后有更新",
			[WORD_WHOLE] = "目前的全文",
			[WORD_EMPTY] = "没有新内容。",
			[WORD_END] = "今天就到这里。",
			[WORD_ABOUT] = "关于本期",
			[WORD_WINDOW] = "收录时间:#",
			[WORD_UNTIL] = "至 #",
			[WORD_MORE] = "“#”全部内容",
			[WORD_TOP] = "返回目录",
			[WORD_FORMATS] = "本期其他格式",
			[WORD_FEEDS] = "订阅源状态",
			[WORD_FEED] = "订阅源",
			[WORD_LAST_NEW] = "最近更新",
			[WORD_RHYTHM] = "每周",
			[WORD_STATE] = "状态",
			[WORD_STATE_OK] = "正常",
			[WORD_STATE_FAILING] = "自 # 起失败",
			[WORD_VOLUME] = "每日文章数",
			[WORD_TITLE_BEFORE] = "原标题:#",
			[WORD_ADDED] = "新增",
			[WORD_REMOVED] = "删去",
			[WORD_NOT_READ] = "自@起无法读取 #:",
			[WORD_GAP] = "#所列均为新文章,其间可能有遗漏",
			[WORD_SEARCH] = "搜索",
			[WORD_NO_MATCH] = "没有匹配的结果。",
			[WORD_UNTITLED] = "（无标题）"},
		.counts = {{"#篇"}, {"#个来源"}, {"#篇文章"}, {"阅读约#分钟"},
			{"新订阅源的#篇旧文章已保存,未刊出"}, {"按您的规则略去#篇"},
			{"#篇文章的页面无法读取,采用订阅源自带的文字"},
			{"#个订阅源60天以上没有新内容"}},
	},
};

const struct words *words_find(const char *language)
{
	size_t i;

	for (i = 0; language && i < ARRAY_LEN(table); i++) {
		if (str_istarts(language, table[i].tag) && !str_is_alpha(language[2]))
			return &table[i];
	}
	return &table[0];
}

const char *words_tag(const struct words *words)
{
	return words->tag;
}

const char *words_get(const struct words *words, enum word word)
{
	return words->text[word];
}

static void put_with(const char *pattern, const char *value, struct buf *to)
{
	const char *hash = strchr(pattern, '#');

	if (!hash) {
		buf_puts(to, pattern);
		return;
	}
	buf_put(to, pattern, (size_t)(hash - pattern));
	buf_puts(to, value);
	buf_puts(to, hash + 1);
}

void words_put_day(const struct words *words, enum word word, const char *value, const char *day,
	struct buf *to)
{
	const char *p;

	for (p = words->text[word]; *p; p++) {
		if (*p == '#' || *p == '@')
			buf_puts(to, *p == '#' ? value : day);
		else
			buf_putc(to, *p);
	}
}

void words_put(const struct words *words, enum word word, const char *value, struct buf *to)
{
	put_with(words->text[word], value, to);
}

/* Source: CLDR, plural rules (cardinal, integers). */
static int plural_form(enum plural plural, int64_t n)
{
	switch (plural) {
	case PLURAL_NONE: return 0;
	case PLURAL_ONE: return n == 1 ? 0 : 1;
	case PLURAL_ZERO_ONE: return n <= 1 ? 0 : 1;
	case PLURAL_SLAVIC:
		if (n % 10 == 1 && n % 100 != 11)
			return 0;
		return n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14) ? 1 : 2;
	}
	return 0;
}

void words_count(const struct words *words, enum counted counted, int64_t n, struct buf *to)
{
	char number[64];

	if (counted == COUNTED_MINUTES && n >= HOURS_FROM)
		snprintf(number, sizeof(number), "%lld%s%lld", (long long)(n / 60), words->hours,
			(long long)(n % 60));
	else
		snprintf(number, sizeof(number), "%lld", (long long)n);
	put_with(words->counts[counted][plural_form(words->plural, n)], number, to);
}

static void put_date(const struct words *words, const char *pattern, int year, int month, int day,
	struct buf *to)
{
	const char *const *months = words->months;
	int64_t weekday = (date_days(year, month, day) % 7 + 11) % 7;

	if (!strstr(pattern, "%d") && words->titles[0])
		months = words->titles;
	for (; *pattern; pattern++) {
		if (*pattern != '%') {
			buf_putc(to, *pattern);
			continue;
		}
		switch (*++pattern) {
		case 'A': buf_puts(to, words->weekdays[weekday]); break;
		case 'B': buf_puts(to, months[month - 1]); break;
		case 'Y': buf_printf(to, "%d", year); break;
		case 'd':
			if (day == 1 && words->first)
				buf_puts(to, words->first);
			else
				buf_printf(to, "%d", day);
			break;
		}
	}
}

void words_date(const struct words *words, int year, int month, int day, struct buf *to)
{
	put_date(words, words->date, year, month, day, to);
}

void words_day(const struct words *words, int month, int day, struct buf *to)
{
	put_date(words, words->day, 2000, month, day, to);
}

void words_month_name(const struct words *words, int month, struct buf *to)
{
	const char *name = words->titles[0] ? words->titles[month - 1] : words->months[month - 1];
	size_t len = strlen(name), i = 0, size, n = 0;

	for (; i < len && n < MONTH_CHARS; i += size, n++)
		utf8_decode(name + i, len - i, &size);
	buf_put(to, name, i);
}

void words_month(const struct words *words, int year, int month, struct buf *to)
{
	put_date(words, words->month, year, month, 1, to);
}

void words_iso_date(const struct words *words, const char *date, struct buf *to)
{
	int year, month, day;

	if (sscanf(date, "%4d-%2d-%2d", &year, &month, &day) == 3 && month >= 1 && month <= 12)
		words_date(words, year, month, day, to);
	else
		buf_puts(to, date);
}

/* A moment's date as name of a day; false: there is no such zone. */
static bool local_date(const char *zone, int64_t time_s, struct tm *local, char iso[16])
{
	if (!date_local(zone, time_s, local) && !date_local("UTC", time_s, local))
		return false;
	snprintf(iso, 16, "%04d-%02d-%02d", (local->tm_year + 1900) % 10000,
		(local->tm_mon + 1) % 100, local->tm_mday % 100);
	return true;
}

static void put_local_day(
	const struct words *words, const struct tm *local, bool has_year, struct buf *to)
{
	put_date(words, has_year ? words->day_year : words->day, local->tm_year + 1900,
		local->tm_mon + 1, local->tm_mday, to);
}

void words_day_of(const struct words *words, const char *zone, int64_t time_s, const char *date,
	struct buf *to)
{
	struct tm local;
	char iso[16];

	if (local_date(zone, time_s, &local, iso))
		put_local_day(words, &local, strncmp(iso, date, 4) != 0, to);
}

void words_moment(const struct words *words, const char *zone, int64_t time_s, const char *date,
	struct buf *to)
{
	struct tm local;
	char iso[16];

	if (!local_date(zone, time_s, &local, iso))
		return;
	if (!date || strcmp(iso, date) != 0) {
		put_local_day(words, &local, !date || strncmp(iso, date, 4) != 0, to);
		buf_puts(to, words->plural == PLURAL_NONE ? " " : ", ");
	}
	buf_printf(to, "%02d:%02d", local.tm_hour, local.tm_min);
}
