/* lookup.c - asking the system's resolver, which waits as long as it likes, within a time limit.
 * SPDX-License-Identifier: MIT
 *
 * Nothing can stop a resolver that has been asked. So a lookup with a limit runs in a thread of its own, and a caller
 * whose time is up leaves it behind, with all that it owns. */
#include "shared.h"

#include <stdatomic.h>
#include <string.h>

#define ABANDONED_MAX 16
#define GLANCE_LOOKUP_MS 20

static int to_native_family(int family) {
  return family == TENON_AF_INET ? AF_INET : family == TENON_AF_INET6 ? AF_INET6 : AF_UNSPEC;
}

static int ask_for_list(const tenon__question *question, tenon__answer *answer) {
  int is_port = question->kind == TENON__PORT;
  tenon__native_info hints;
  memset(&hints, 0, sizeof hints);
  hints.ai_family = is_port ? AF_INET : to_native_family(question->family);
  hints.ai_socktype = question->is_stream ? SOCK_STREAM : SOCK_DGRAM; /* one of each, not one for each type */
  if (question->kind == TENON__CANONNAME) hints.ai_flags = AI_CANONNAME;
  int result = tenon__sys_getaddrinfo(question->name, !is_port, &hints, &answer->list);
  if (result < 0) answer->list = NULL;
  if (result == 0 && !answer->list) result = tenon__refuse(TENON_EAI_NONAME);
  if (result < 0 || question->kind != TENON__CANONNAME) return result;
  return tenon__sys_canonname(answer->list, answer->text, sizeof answer->text);
}

static void ask_resolver(const tenon__question *question, tenon__answer *answer) {
  answer->list = NULL;
  answer->result = question->kind == TENON__NAME_AT
                       ? tenon__sys_getnameinfo(&question->address, answer->text, sizeof answer->text)
                       : ask_for_list(question, answer);
  answer->native = answer->result < 0 ? tenon_native_error() : 0;
}

/* Shared by the caller and the thread; the last of the two to leave ends it. */
typedef struct job {
  atomic_int users;
  atomic_int state;
  tenon__thread thread;
  long long process; /* that counts it if it is abandoned */
  tenon__gate finished;
  tenon__question question;
  tenon__answer answer;
} job;

enum { RUNNING, FINISHED, ABANDONED };

/* The number of abandoned jobs, and the process that counts them: a forked child has none of its parent's threads. */
static atomic_int abandoned;
static atomic_llong abandoned_by;

static int has_abandoned_too_many(void) {
  long long process = tenon__sys_process_id();
  if (atomic_load(&abandoned_by) != process) {
    atomic_store(&abandoned, 0);
    atomic_store(&abandoned_by, process);
  }
  return atomic_load(&abandoned) >= ABANDONED_MAX;
}

static void count_abandoned(const job *j, int change) {
  if (j->process == atomic_load(&abandoned_by)) atomic_fetch_add(&abandoned, change);
}

static void leave_job(job *j) {
  if (atomic_fetch_sub(&j->users, 1) > 1) return;
  tenon__sys_gate_destroy(&j->finished);
  tenon__release(j);
}

TENON__THREAD(lookup_thread, argument) {
  job *j = argument;
  ask_resolver(&j->question, &j->answer);
  if (atomic_exchange(&j->state, FINISHED) == ABANDONED) {
    count_abandoned(j, -1);
    if (j->answer.list) tenon__sys_freeaddrinfo(j->answer.list);
  } else {
    tenon__sys_gate_open(&j->finished);
  }
  leave_job(j);
  return 0;
}

/* NULL if it cannot begin, with the reason in *failure. */
static job *start_job(const tenon__question *question, int *failure) {
  job *j = tenon__allocate(sizeof *j);
  if (!j) {
    *failure = tenon__refuse(TENON_ENOMEM);
    return NULL;
  }
  atomic_init(&j->users, 2);
  atomic_init(&j->state, RUNNING);
  j->process = atomic_load(&abandoned_by);
  j->question = *question;
  *failure = tenon__sys_gate_init(&j->finished);
  if (*failure < 0) {
    tenon__release(j);
    return NULL;
  }
  *failure = tenon__sys_thread_open(&j->thread, lookup_thread, j);
  if (*failure < 0) {
    atomic_init(&j->users, 1);
    leave_job(j);
    return NULL;
  }
  return j;
}

/* A gate is nothing that could be waited for together with a waker, so that is looked at now and then. */
static int wait_for_job(job *j, tenon__limit *limit) {
  tenon_sock cancel = tenon__sys_cancel();
  int remaining;
  while ((remaining = tenon__limit_remaining(limit)) != 0) {
    int glance = cancel != TENON_NO_SOCK && (remaining == TENON_FOREVER || remaining > GLANCE_LOOKUP_MS);
    if (tenon__sys_gate_wait(&j->finished, glance ? GLANCE_LOOKUP_MS : remaining)) return 0;
    if (cancel != TENON_NO_SOCK && tenon__sys_wait(cancel, TENON__READABLE, TENON_NO_SOCK, 0) > 0)
      return TENON_ECANCELED;
  }
  return TENON_ETIMEDOUT;
}

/* 0 if there is an answer. A program may unload the library as soon as no call is under way, so a thread has ended by
 * then, or keeps the library. */
static int finish_job(job *j, tenon__limit *limit) {
  int result = wait_for_job(j, limit), was_running = 0;
  if (result < 0) {
    count_abandoned(j, 1);
    was_running = atomic_exchange(&j->state, ABANDONED) == RUNNING;
    if (!was_running) count_abandoned(j, -1); /* it finished just now */
  }
  if (was_running) {
    tenon__sys_pin();
    tenon__sys_thread_detach(&j->thread);
    return result;
  }
  tenon__sys_thread_join(&j->thread);
  return 0;
}

int tenon__look_up(const tenon__question *question, tenon__answer *answer, tenon__limit *limit) {
  answer->list = NULL;
  if (limit->timeout_ms == 0) return tenon__refuse(TENON_EAGAIN);
  if (tenon__may_wait_inside(limit->timeout_ms)) {
    ask_resolver(question, answer);
  } else {
    if (has_abandoned_too_many()) return tenon__refuse(TENON_EAI_AGAIN);
    int result;
    job *j = start_job(question, &result);
    if (!j) return result;
    result = finish_job(j, limit);
    if (result == 0) *answer = j->answer;
    leave_job(j);
    if (result < 0) return tenon__refuse(result);
  }
  tenon__sys_remember(answer->native);
  return answer->result;
}
