#include "diurnad/parsers.h"

#include "core/limits.h"
#include "core/log.h"
#include "core/mem.h"
#include "diurnad/oom.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	MAX_PARSERS = 16,
	DEFAULT_MAX = 4,
	MAX_TRIES = 2,
	READ_BYTES = 256 * 1024,
	/* So many that end one after the other are no accident of a document. */
	CRASHES_BORNE = 6,
	MAX_PAUSE_S = 60,
	SPAWN_PAUSE_S = 5,
};

struct task {
	struct task *next;
	struct buf bytes; /* u32 length and the job */
	int tries;
	parsers_done *on_done;
	void *context;
};

struct parser {
	struct parsers *all;
	pid_t pid; /* 0: not running */
	int fd;
	struct task *task; /* NULL: idle */
	size_t sent;       /* bytes of the task */
	struct buf answer; /* what has come, with its length in front */
	ev_io io;
	ev_timer deadline;
};

struct parsers {
	struct ev_loop *loop;
	struct parser *list;
	size_t count;
	struct task *first, **last; /* waiting */
	size_t bytes, waiting;
	uint64_t lost;
	unsigned crashes; /* in a row, by whatever document */
	bool is_failing;  /* none could be started, or all of them end; said in the log */
	ev_timer pause;   /* active: none is started */
};

static void give_work(struct parsers *parsers);

static void parser_end(struct parser *parser, bool is_lost)
{
	if (parser->pid == 0)
		return;
	ev_io_stop(parser->all->loop, &parser->io);
	ev_timer_stop(parser->all->loop, &parser->deadline);
	close(parser->fd);
	kill(parser->pid, SIGKILL);
	while (waitpid(parser->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	parser->pid = 0;
	buf_finish(&parser->answer);
	parser->all->lost += is_lost;
}

static void task_free(struct parsers *parsers, struct task *task)
{
	parsers->bytes -= task->bytes.len;
	parsers->waiting--;
	buf_finish(&task->bytes);
	free(task);
}

/* The task of a parser is over, well or not. */
static void finish_task(struct parser *parser, enum status status, struct answer *answer)
{
	struct parsers *parsers = parser->all;
	struct task *task = parser->task;

	parser->task = NULL;
	task->on_done(task->context, status, answer);
	task_free(parsers, task);
	give_work(parsers);
}

/* Start none for a while. */
static void pause_start(struct parsers *parsers, int seconds)
{
	ev_timer_stop(parsers->loop, &parsers->pause);
	ev_timer_set(&parsers->pause, seconds, 0);
	ev_timer_start(parsers->loop, &parsers->pause);
	parsers->is_failing = true;
}

/* Whatever is wrong, starting them without end helps nobody. */
static void pause_after_crashes(struct parsers *parsers)
{
	unsigned doublings = parsers->crashes - CRASHES_BORNE;
	int wait_s = doublings < 6 ? 1 << doublings : MAX_PAUSE_S;

	if (!parsers->is_failing)
		log_err("diurna-parse has ended %u times one after the other; it is tried at longer "
			"intervals, up to %d s",
			parsers->crashes, MAX_PAUSE_S);
	pause_start(parsers, wait_s > MAX_PAUSE_S ? MAX_PAUSE_S : wait_s);
}

static void set_working(struct parsers *parsers)
{
	if (parsers->is_failing)
		log_notice("diurna-parse works again");
	parsers->is_failing = false;
	parsers->crashes = 0;
}

static void fail(struct parser *parser, enum status status)
{
	struct parsers *parsers = parser->all;
	struct task *task = parser->task;
	struct answer none;

	log_warning("parser %d: %s; a new one is started", (int)parser->pid, status_text(status));
	parser_end(parser, true);
	if (status == STATUS_CRASHED && ++parsers->crashes >= CRASHES_BORNE)
		pause_after_crashes(parsers);
	if (!task)
		return;
	/* Somebody may have killed it: a second chance, unless the document took all its time. */
	if (status == STATUS_CRASHED && task->tries < MAX_TRIES) {
		parser->task = NULL;
		task->next = parsers->first;
		parsers->first = task;
		if (!task->next)
			parsers->last = &task->next;
		give_work(parsers);
		return;
	}
	answer_init(&none);
	finish_task(parser, status, &none);
}

static void on_deadline(struct ev_loop *loop, ev_timer *watcher, int events)
{
	(void)loop, (void)events;
	fail(watcher->data, STATUS_TIMEOUT);
}

static void set_events(struct parser *parser, int events)
{
	ev_io_stop(parser->all->loop, &parser->io);
	ev_io_set(&parser->io, parser->fd, events);
	ev_io_start(parser->all->loop, &parser->io);
}

static void send_some(struct parser *parser)
{
	struct task *task = parser->task;
	ssize_t n = send(parser->fd, task->bytes.data + parser->sent,
		task->bytes.len - parser->sent, MSG_NOSIGNAL);

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		fail(parser, STATUS_CRASHED);
		return;
	}
	if (n > 0)
		parser->sent += (size_t)n;
	if (parser->sent == task->bytes.len)
		set_events(parser, EV_READ);
}

static void take_answer(struct parser *parser, size_t len)
{
	struct answer answer;
	enum status status;

	ev_timer_stop(parser->all->loop, &parser->deadline);
	answer_init(&answer);
	status = answer_get(parser->answer.data + sizeof(uint32_t), len, &answer);
	buf_finish(&parser->answer);
	if (status != STATUS_OK) {
		answer_finish(&answer);
		fail(parser, status);
		return;
	}
	set_working(parser->all);
	feed_doc_shorten(&answer.feed);
	finish_task(parser, STATUS_OK, &answer);
	answer_finish(&answer);
}

static void read_some(struct parser *parser)
{
	struct buf *in = &parser->answer;
	uint32_t len;
	ssize_t n = recv(parser->fd, buf_reserve(in, READ_BYTES), READ_BYTES, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* An end, or words from one that was not asked. */
	if (n <= 0 || !parser->task) {
		fail(parser, STATUS_CRASHED);
		return;
	}
	buf_added(in, (size_t)n);
	if (in->len < sizeof(len))
		return;
	memcpy(&len, in->data, sizeof(len));
	if (len > LIMIT_ANSWER_BYTES || in->len - sizeof(len) > len)
		fail(parser, STATUS_LIMIT);
	else if (in->len - sizeof(len) == len)
		take_answer(parser, len);
}

static void on_io(struct ev_loop *loop, ev_io *watcher, int events)
{
	(void)loop;
	if (events & EV_WRITE)
		send_some(watcher->data);
	else
		read_some(watcher->data);
}

static bool parser_start(struct parser *parser)
{
	enum status status;

	oom_offer();
	status = parser_spawn(&parser->pid, &parser->fd);
	oom_offer_end();
	if (status != STATUS_OK) {
		if (!parser->all->is_failing)
			log_err("diurna-parse cannot be started: %s; it is tried every %d s",
				strerror(errno), SPAWN_PAUSE_S);
		pause_start(parser->all, SPAWN_PAUSE_S);
		parser->pid = 0;
		return false;
	}
	fcntl(parser->fd, F_SETFL, O_NONBLOCK);
	ev_io_set(&parser->io, parser->fd, EV_READ);
	ev_io_start(parser->all->loop, &parser->io);
	return true;
}

static struct parser *idle_parser(struct parsers *parsers)
{
	struct parser *asleep = NULL;
	size_t i;

	for (i = 0; i < parsers->count; i++) {
		if (!parsers->list[i].task && parsers->list[i].pid)
			return &parsers->list[i];
		if (!parsers->list[i].pid && !parsers->list[i].task && !asleep)
			asleep = &parsers->list[i];
	}
	return asleep;
}

/* One without work that is gone, though its end has not come up in the loop yet. */
static bool has_ended(const struct parser *parser)
{
	char byte;

	return parser->pid && recv(parser->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static void give_work(struct parsers *parsers)
{
	struct parser *parser;

	while (parsers->first && (parser = idle_parser(parsers))) {
		/* a job that it never saw would have been tried */
		if (has_ended(parser))
			fail(parser, STATUS_CRASHED);
		if (!parser->pid && (ev_is_active(&parsers->pause) || !parser_start(parser)))
			return;
		parser->task = parsers->first;
		parsers->first = parser->task->next;
		if (!parsers->first)
			parsers->last = &parsers->first;
		parser->task->next = NULL;
		parser->task->tries++;
		parser->sent = 0;
		ev_timer_set(
			&parser->deadline, job_deadline_ms(parser->task->bytes.len) / 1000.0, 0);
		ev_timer_start(parsers->loop, &parser->deadline);
		set_events(parser, EV_WRITE);
	}
}

static void on_pause_end(struct ev_loop *loop, ev_timer *watcher, int events)
{
	(void)loop, (void)events;
	give_work(watcher->data);
}

struct parsers *parsers_new(struct ev_loop *loop, int count)
{
	struct parsers *parsers = xcalloc(1, sizeof(*parsers));
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t i;

	if (count <= 0)
		count = cores < 1 ? 1 : cores > DEFAULT_MAX ? DEFAULT_MAX : (int)cores;
	parsers->loop = loop;
	parsers->count = (size_t)(count > MAX_PARSERS ? MAX_PARSERS : count);
	parsers->list = xcalloc(parsers->count, sizeof(*parsers->list));
	parsers->last = &parsers->first;
	ev_init(&parsers->pause, on_pause_end);
	parsers->pause.data = parsers;
	for (i = 0; i < parsers->count; i++) {
		struct parser *parser = &parsers->list[i];

		parser->all = parsers;
		ev_init(&parser->io, on_io);
		ev_init(&parser->deadline, on_deadline);
		parser->io.data = parser->deadline.data = parser;
	}
	return parsers;
}

void parsers_free(struct parsers *parsers)
{
	struct task *task;
	size_t i;

	if (!parsers)
		return;
	for (i = 0; i < parsers->count; i++) {
		parser_end(&parsers->list[i], false);
		if (parsers->list[i].task)
			task_free(parsers, parsers->list[i].task);
	}
	while ((task = parsers->first)) {
		parsers->first = task->next;
		task_free(parsers, task);
	}
	ev_timer_stop(parsers->loop, &parsers->pause);
	free(parsers->list);
	free(parsers);
}

void parsers_submit(
	struct parsers *parsers, const struct job *job, parsers_done *on_done, void *context)
{
	struct task *task = xcalloc(1, sizeof(*task));
	uint32_t len = 0;

	buf_put(&task->bytes, &len, sizeof(len));
	job_put(&task->bytes, job);
	len = (uint32_t)(task->bytes.len - sizeof(len));
	memcpy(task->bytes.data, &len, sizeof(len));
	task->on_done = on_done;
	task->context = context;
	*parsers->last = task;
	parsers->last = &task->next;
	parsers->bytes += task->bytes.len;
	parsers->waiting++;
	give_work(parsers);
}

size_t parsers_bytes(const struct parsers *parsers)
{
	return parsers->bytes;
}

size_t parsers_waiting(const struct parsers *parsers)
{
	return parsers->waiting;
}

size_t parsers_alive(const struct parsers *parsers)
{
	size_t i, n = 0;

	for (i = 0; i < parsers->count; i++)
		n += parsers->list[i].pid != 0;
	return n;
}

uint64_t parsers_lost(const struct parsers *parsers)
{
	return parsers->lost;
}
