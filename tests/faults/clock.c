/* clock.c - a clock that the tests move.
 * SPDX-License-Identifier: MIT
 */
#include "inside.h"

static int is_set, readings;
static int64_t now_us, step_us;
static size_t most_bytes;

void faults_set_clock(int64_t step) {
  is_set = 1;
  now_us = 1000000;
  step_us = step;
  most_bytes = 0;
  readings = 0;
}

void faults_clear_clock(void) {
  is_set = 0;
  most_bytes = 0;
}

void faults_note_transfer(size_t size) {
  if (is_set) now_us += step_us;
  if (is_set && size > most_bytes) most_bytes = size;
}

void faults_note_wait(int timeout_ms) {
  if (is_set && timeout_ms > 0) now_us += (int64_t)timeout_ms * 1000;
}

void faults_note_interruption(void) {
  faults_note_transfer(0);
}

size_t faults_most_bytes(void) {
  return most_bytes;
}

int faults_clock_readings(void) {
  return readings;
}

int64_t real__sys_now_us(void);
int64_t tenon__sys_now_us(void) {
  if (!is_set) return real__sys_now_us();
  readings++;
  return now_us;
}
