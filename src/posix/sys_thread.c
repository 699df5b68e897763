/* posix/sys_thread.c - threads, gates, one int for each thread.
 * SPDX-License-Identifier: MIT */
#include "../sys.h"

#include <dlfcn.h>
#include <signal.h>

/* Old C libraries have these in a library of their own, and static programs need neither. */
#ifdef __GNUC__
#pragma weak dladdr
#pragma weak dlopen
#endif

/* The program's signals are for the program's threads. */
int tenon__sys_thread_open(tenon__thread *thread, tenon__thread_function *run, void *argument) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = pthread_create(thread, NULL, run, argument);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return error == 0 ? 0 : tenon__returned(TENON__START, error);
}

void tenon__sys_thread_join(const tenon__thread *thread) {
  pthread_join(*thread, NULL);
}

void tenon__sys_thread_detach(const tenon__thread *thread) {
  pthread_detach(*thread);
}

void tenon__sys_pin(void) {
#if defined RTLD_NOLOAD && defined RTLD_NODELETE
  Dl_info library;
  if (!dladdr || !dlopen || !dladdr((void *)(uintptr_t)tenon__sys_pin, &library) || !library.dli_fname) return;
  dlopen(library.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
#endif
}

int tenon__sys_gate_init(tenon__gate *gate) {
  pthread_condattr_t attributes;
  int error = pthread_condattr_init(&attributes);
  if (error != 0) return tenon__returned(TENON__START, error);
#if _POSIX_CLOCK_SELECTION > 0
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
#endif
  error = pthread_cond_init(&gate->opened, &attributes);
  pthread_condattr_destroy(&attributes);
  if (error != 0) return tenon__returned(TENON__START, error);
  pthread_mutex_init(&gate->lock, NULL);
  gate->open = 0;
  return 0;
}

void tenon__sys_gate_open(tenon__gate *gate) {
  pthread_mutex_lock(&gate->lock);
  gate->open = 1;
  pthread_cond_signal(&gate->opened);
  pthread_mutex_unlock(&gate->lock);
}

static void wait_once(tenon__gate *gate, int timeout_ms) {
  struct timespec until = {timeout_ms / 1000, (long)(timeout_ms % 1000) * 1000000};
#if _POSIX_CLOCK_SELECTION > 0
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  until.tv_sec += now.tv_sec + (until.tv_nsec + now.tv_nsec) / 1000000000;
  until.tv_nsec = (until.tv_nsec + now.tv_nsec) % 1000000000;
  pthread_cond_timedwait(&gate->opened, &gate->lock, &until);
#else /* macOS: the time is relative */
  pthread_cond_timedwait_relative_np(&gate->opened, &gate->lock, &until);
#endif
}

int tenon__sys_gate_wait(tenon__gate *gate, int timeout_ms) {
  pthread_mutex_lock(&gate->lock);
  if (!gate->open) wait_once(gate, timeout_ms);
  int open = gate->open;
  pthread_mutex_unlock(&gate->lock);
  return open;
}

void tenon__sys_gate_destroy(tenon__gate *gate) {
  pthread_cond_destroy(&gate->opened);
  pthread_mutex_destroy(&gate->lock);
}

_Thread_local int tenon__native_slots[TENON__SLOT_COUNT];

void tenon__sys_put(tenon__slot slot, int value) {
  tenon__native_slots[slot] = value;
}

#undef tenon__sys_get
int tenon__sys_get(tenon__slot slot) {
  return tenon__native_slots[slot];
}

_Thread_local intptr_t tenon__native_not_cancel;

/* Its value tells nothing but that there is a handle, so that the system calls thread_ended(). */
static pthread_once_t cancel_once = PTHREAD_ONCE_INIT;
static pthread_key_t cancel_key;
static int has_cancel_key;

static void thread_ended(void *not_cancel) {
  *(intptr_t *)not_cancel = 0;
  tenon__cancel_ended();
}

/* At exit, and before the library is unloaded: a thread that ends later would call code that is gone. Not by atexit():
 * ThreadSanitizer replaces it and forgets which library called it. */
static __attribute__((destructor)) void delete_cancel_key(void) {
  if (has_cancel_key) pthread_key_delete(cancel_key);
}

static void make_cancel_key(void) {
  has_cancel_key = pthread_key_create(&cancel_key, thread_ended) == 0;
  pthread_atfork(NULL, NULL, tenon__cancel_forked);
}

void tenon__sys_set_cancel(tenon_sock cancel) {
  pthread_once(&cancel_once, make_cancel_key);
  tenon__native_not_cancel = ~cancel;
  if (has_cancel_key) pthread_setspecific(cancel_key, cancel == TENON_NO_SOCK ? NULL : &tenon__native_not_cancel);
}

#undef tenon__sys_cancel
tenon_sock tenon__sys_cancel(void) {
  return ~tenon__native_not_cancel;
}
