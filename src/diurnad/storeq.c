#include "diurnad/storeq.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/log.h"
#include "core/mem.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

/* A commit that fails is tried again after 1, 2, 4 ... seconds; on the way out only so often. */
enum { MAX_WAIT_S = 60, TRIES_WHEN_STOPPING = 3, MAX_BATCH = 1000, SAY_AGAIN_S = 3600 };

/* Of messages in one transaction: the pages that they touch have to fit into SQLite's cache. */
enum { MAX_BATCH_BYTES = 4 * 1024 * 1024 };

/*
 * A commit costs as much as ten small messages: so many are waited for, but not longer than this.
 * Both bound what the loop has to wait for, and a kill takes back.
 */
enum { GATHER = 256, GATHER_MS = 10 };

struct storeq {
	struct ev_loop *loop;
	struct storeq_context context; /* of the thread */
	pthread_t thread;
	pthread_mutex_t mutex; /* guards everything below down to the mark */
	pthread_cond_t wake;
	struct storeq_msg *first, **last;           /* waiting */
	struct storeq_msg *done_first, **done_last; /* worked off */
	size_t first_count;                         /* of those waiting */
	bool is_stopping;
	bool is_damaged; /* the file is; nothing is written any more */
	/* the loop's own */
	ev_async async;
	size_t bytes, waiting; /* given and not come back */
};

/* One message in a savepoint of its own: what fails leaves nothing half done. */
static enum status work_one(struct storeq_context *context, struct storeq_msg *msg)
{
	struct store *store = context->store;
	enum status status;

	if (store_savepoint(store) != STATUS_OK)
		return STATUS_IO;
	status = msg->work(context, msg);
	if (store_savepoint_end(store, status == STATUS_OK) != STATUS_OK)
		return STATUS_IO;
	return status;
}

/* The disk or a lock: no fault of the message, it will be done later. */
static bool is_of_the_store(enum status status)
{
	return status == STATUS_IO || status == STATUS_BUSY || status == STATUS_CORRUPT;
}

/*
 * The whole batch in one transaction. Not STATUS_OK: nothing of it is stored. in_savepoints: a
 * message that fails does not take the others with it.
 */
static enum status try_batch(
	struct storeq_context *context, struct storeq_msg *batch, bool in_savepoints)
{
	struct storeq_msg *msg;
	bool is_durable = false;
	enum status status;

	for (msg = batch; msg; msg = msg->next)
		is_durable |= msg->is_durable;
	status = store_set_durable(context->store, is_durable);
	if (status == STATUS_OK)
		status = store_begin(context->store);
	if (status != STATUS_OK)
		return status;
	for (msg = batch; msg && status == STATUS_OK; msg = msg->next) {
		msg->status = in_savepoints ? work_one(context, msg) : msg->work(context, msg);
		if (!in_savepoints || is_of_the_store(msg->status))
			status = msg->status;
	}
	if (status == STATUS_OK)
		status = store_commit(context->store);
	if (status != STATUS_OK)
		store_rollback(context->store);
	return status;
}

/* Few messages fail, and a savepoint costs a copy of every page that is changed in it. */
static enum status work_batch(struct storeq_context *context, struct storeq_msg *batch)
{
	enum status status = try_batch(context, batch, false);

	return status == STATUS_OK || is_of_the_store(status) ? status
							      : try_batch(context, batch, true);
}

static bool is_stopping(struct storeq *queue)
{
	bool answer;

	pthread_mutex_lock(&queue->mutex);
	answer = queue->is_stopping;
	pthread_mutex_unlock(&queue->mutex);
	return answer;
}

/* Sleep, but not when the daemon wants to end. */
static void pause_thread(struct storeq *queue, int seconds)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&queue->mutex);
	while (!queue->is_stopping) {
		if (pthread_cond_timedwait(&queue->wake, &queue->mutex, &until) != 0)
			break;
	}
	pthread_mutex_unlock(&queue->mutex);
}

static void give_up(struct storeq_msg *batch, enum status status)
{
	for (; batch; batch = batch->next)
		batch->status = status;
}

static void set_damaged(struct storeq *queue)
{
	pthread_mutex_lock(&queue->mutex);
	queue->is_damaged = true;
	pthread_mutex_unlock(&queue->mutex);
}

/* Said once, and again every hour. */
static void say_waiting(
	struct storeq *queue, enum status status, int64_t since_ms, int64_t *said_ms)
{
	int64_t now_ms = clock_monotonic_ms();

	if (*said_ms && now_ms - *said_ms < SAY_AGAIN_S * 1000)
		return;
	*said_ms = now_ms;
	log_err("store %s: %s: %s; nothing is lost, it is tried until it is written%s",
		store_path(queue->context.store), store_error(queue->context.store),
		status_text(status), now_ms - since_ms < SAY_AGAIN_S * 1000 ? "" : ", for hours");
}

static void work_until_stored(struct storeq *queue, struct storeq_msg *batch)
{
	int64_t since_ms = clock_monotonic_ms(), said_ms = 0;
	char span[DATE_TEXT_BYTES];
	int wait_s = 1, tries_left = TRIES_WHEN_STOPPING;
	enum status status;

	while ((status = work_batch(&queue->context, batch)) != STATUS_OK) {
		if (status == STATUS_CORRUPT) {
			log_err("store %s: %s; nothing more is written to it: `diurna recover` gets out "
				"what can be had",
				store_path(queue->context.store),
				store_error(queue->context.store));
			set_damaged(queue);
			give_up(batch, status);
			return;
		}
		say_waiting(queue, status, since_ms, &said_ms);
		if (is_stopping(queue) && --tries_left <= 0) {
			give_up(batch, status);
			return;
		}
		pause_thread(queue, wait_s);
		wait_s = wait_s * 2 > MAX_WAIT_S ? MAX_WAIT_S : wait_s * 2;
	}
	if (said_ms)
		log_notice("store: written again, after %s",
			date_span((clock_monotonic_ms() - since_ms) / 1000, span));
}

/* Something waits: let more come. The mutex is held. */
static void gather(struct storeq *queue)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += GATHER_MS * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	while (queue->first_count < GATHER && !queue->is_stopping)
		if (pthread_cond_timedwait(&queue->wake, &queue->mutex, &until) != 0)
			break;
}

/* Waiting messages, within the bounds of a batch; NULL: none, and the daemon stops. */
static struct storeq_msg *take_batch(struct storeq *queue)
{
	struct storeq_msg *batch, **end;
	size_t n = 0, bytes = 0;

	pthread_mutex_lock(&queue->mutex);
	while (!queue->first && !queue->is_stopping)
		pthread_cond_wait(&queue->wake, &queue->mutex);
	gather(queue);
	batch = queue->first;
	for (end = &queue->first; *end && n < MAX_BATCH && bytes < MAX_BATCH_BYTES; n++) {
		bytes += (*end)->bytes;
		end = &(*end)->next;
	}
	queue->first = *end;
	queue->first_count -= n;
	if (!queue->first)
		queue->last = &queue->first;
	if (batch)
		*end = NULL;
	pthread_mutex_unlock(&queue->mutex);
	return batch;
}

static void give_back(struct storeq *queue, struct storeq_msg *batch)
{
	pthread_mutex_lock(&queue->mutex);
	*queue->done_last = batch;
	while (*queue->done_last)
		queue->done_last = &(*queue->done_last)->next;
	pthread_mutex_unlock(&queue->mutex);
	ev_async_send(queue->loop, &queue->async);
}

static void *run_thread(void *arg)
{
	struct storeq *queue = arg;
	struct storeq_msg *batch;

	pthread_setname_np(pthread_self(), "diurnad-store");

	while ((batch = take_batch(queue))) {
		if (storeq_is_damaged(queue))
			give_up(batch, STATUS_CORRUPT);
		else
			work_until_stored(queue, batch);
		give_back(queue, batch);
	}
	return NULL;
}

static void finish_done(struct storeq *queue)
{
	struct storeq_msg *msg, *next;

	pthread_mutex_lock(&queue->mutex);
	msg = queue->done_first;
	queue->done_first = NULL;
	queue->done_last = &queue->done_first;
	pthread_mutex_unlock(&queue->mutex);
	for (; msg; msg = next) {
		next = msg->next;
		queue->bytes -= msg->bytes;
		queue->waiting--;
		msg->done(msg);
	}
}

static void on_async(struct ev_loop *loop, ev_async *watcher, int events)
{
	(void)loop, (void)events;
	finish_done(watcher->data);
}

enum status storeq_new(
	struct ev_loop *loop, struct store *store, const struct config *config, struct storeq **out)
{
	struct storeq *queue = xcalloc(1, sizeof(*queue));
	pthread_condattr_t by_monotonic;
	sigset_t all, before;
	int err;

	queue->loop = loop;
	queue->context.store = store;
	queue->context.config = config;
	queue->last = &queue->first;
	queue->done_last = &queue->done_first;
	pthread_mutex_init(&queue->mutex, NULL);
	/* A clock that is set back must not make us wait that long. */
	pthread_condattr_init(&by_monotonic);
	pthread_condattr_setclock(&by_monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&queue->wake, &by_monotonic);
	pthread_condattr_destroy(&by_monotonic);
	ev_async_init(&queue->async, on_async);
	queue->async.data = queue;
	ev_async_start(loop, &queue->async);
	/* Signals are the loop's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&queue->thread, NULL, run_thread, queue);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err != 0) {
		ev_async_stop(loop, &queue->async);
		free(queue);
		return STATUS_IO;
	}
	*out = queue;
	return STATUS_OK;
}

void storeq_stop(struct storeq *queue)
{
	if (!queue || queue->is_stopping)
		return;
	pthread_mutex_lock(&queue->mutex);
	queue->is_stopping = true;
	pthread_cond_signal(&queue->wake);
	pthread_mutex_unlock(&queue->mutex);
	store_hurry(queue->context.store);
	pthread_join(queue->thread, NULL);
	finish_done(queue);
	ev_async_stop(queue->loop, &queue->async);
}

void storeq_free(struct storeq *queue)
{
	if (!queue)
		return;
	storeq_stop(queue);
	store_close(queue->context.store);
	pthread_mutex_destroy(&queue->mutex);
	pthread_cond_destroy(&queue->wake);
	free(queue);
}

void storeq_put(struct storeq *queue, struct storeq_msg *msg)
{
	msg->next = NULL;
	queue->bytes += msg->bytes;
	queue->waiting++;
	pthread_mutex_lock(&queue->mutex);
	*queue->last = msg;
	queue->last = &msg->next;
	queue->first_count++;
	if (queue->first_count == 1 || queue->first_count == GATHER)
		pthread_cond_signal(&queue->wake);
	pthread_mutex_unlock(&queue->mutex);
}

bool storeq_is_damaged(struct storeq *queue)
{
	bool answer;

	pthread_mutex_lock(&queue->mutex);
	answer = queue->is_damaged;
	pthread_mutex_unlock(&queue->mutex);
	return answer;
}

size_t storeq_bytes(const struct storeq *queue)
{
	return queue->bytes;
}

size_t storeq_waiting(const struct storeq *queue)
{
	return queue->waiting;
}
