#include "diurnad/readq.h"

#include "core/clock.h"
#include "core/log.h"
#include "core/mem.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { ANSWER_MS = 20 * 1000, LOOK_EVERY = 10000 /* steps of SQLite */ };

struct readq {
	struct ev_loop *loop;
	struct store *store; /* the thread's */
	int64_t until_ms;    /* the thread's: when the question at work is given up */
	atomic_bool is_stopping;
	pthread_t thread;
	pthread_mutex_t mutex; /* guards the four below */
	pthread_cond_t wake;
	struct readq_msg *first, **last;           /* waiting */
	struct readq_msg *done_first, **done_last; /* answered */
	ev_async async;
};

static int is_over(void *context)
{
	const struct readq *queue = context;

	return queue->is_stopping || clock_monotonic_ms() > queue->until_ms;
}

static void *run_thread(void *context)
{
	struct readq *queue = context;
	struct readq_msg *msg;

	pthread_setname_np(pthread_self(), "diurna-read");
	pthread_mutex_lock(&queue->mutex);
	while (!queue->is_stopping) {
		msg = queue->first;
		if (!msg) {
			pthread_cond_wait(&queue->wake, &queue->mutex);
			continue;
		}
		queue->first = msg->next;
		if (!queue->first)
			queue->last = &queue->first;
		pthread_mutex_unlock(&queue->mutex);
		queue->until_ms = clock_monotonic_ms() + ANSWER_MS;
		msg->work(queue->store, msg);
		msg->is_done = true;
		msg->next = NULL;
		pthread_mutex_lock(&queue->mutex);
		*queue->done_last = msg;
		queue->done_last = &msg->next;
		ev_async_send(queue->loop, &queue->async);
	}
	pthread_mutex_unlock(&queue->mutex);
	return NULL;
}

static void tell_all(struct readq_msg *msg)
{
	struct readq_msg *next;

	for (; msg; msg = next) {
		next = msg->next;
		msg->done(msg);
	}
}

static void on_async(struct ev_loop *loop, ev_async *watcher, int events)
{
	struct readq *queue = watcher->data;
	struct readq_msg *done;

	(void)loop, (void)events;
	pthread_mutex_lock(&queue->mutex);
	done = queue->done_first;
	queue->done_first = NULL;
	queue->done_last = &queue->done_first;
	pthread_mutex_unlock(&queue->mutex);
	tell_all(done);
}

static bool start(struct readq *queue)
{
	sigset_t all, before;
	bool has_begun;

	/* Signals are the loop's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	has_begun = pthread_create(&queue->thread, NULL, run_thread, queue) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return has_begun;
}

struct readq *readq_new(struct ev_loop *loop, const char *path)
{
	struct readq *queue = xcalloc(1, sizeof(*queue));
	char *why = NULL;

	queue->loop = loop;
	queue->last = &queue->first;
	queue->done_last = &queue->done_first;
	if (store_open(path, STORE_READ, &queue->store, &why) != STATUS_OK) {
		log_warning("%s: reading holds up polls", why ? why : path);
		free(why);
		free(queue);
		return NULL;
	}
	sqlite3_progress_handler(store_db(queue->store), LOOK_EVERY, is_over, queue);
	pthread_mutex_init(&queue->mutex, NULL);
	pthread_cond_init(&queue->wake, NULL);
	ev_async_init(&queue->async, on_async);
	queue->async.data = queue;
	if (!start(queue)) {
		log_warning("no thread for reading: it holds up polls");
		store_close(queue->store);
		free(queue);
		return NULL;
	}
	ev_async_start(loop, &queue->async);
	return queue;
}

void readq_free(struct readq *queue)
{
	if (!queue)
		return;
	pthread_mutex_lock(&queue->mutex);
	queue->is_stopping = true;
	pthread_cond_signal(&queue->wake);
	pthread_mutex_unlock(&queue->mutex);
	pthread_join(queue->thread, NULL);
	ev_async_stop(queue->loop, &queue->async);
	tell_all(queue->done_first);
	tell_all(queue->first);
	store_close(queue->store);
	pthread_mutex_destroy(&queue->mutex);
	pthread_cond_destroy(&queue->wake);
	free(queue);
}

void readq_put(struct readq *queue, struct store *store, struct readq_msg *msg)
{
	msg->next = NULL;
	msg->is_done = false;
	if (!queue) {
		msg->work(store, msg);
		msg->is_done = true;
		msg->done(msg);
		return;
	}
	pthread_mutex_lock(&queue->mutex);
	*queue->last = msg;
	queue->last = &msg->next;
	pthread_cond_signal(&queue->wake);
	pthread_mutex_unlock(&queue->mutex);
}
