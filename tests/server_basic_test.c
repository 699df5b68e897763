/* server_basic_test.c - tenon_serve() in all its models: who serves whom.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "net.h"
#include "serving.h"

TEST(a_server_of_any_model_answers_its_clients) {
  static serving s;
  for (int model = 0; model < SERVING_MODELS; model++) {
    check_note(serving_model_name(model));
    serving_prepare(&s, model);
    CHECK_EQ(serving_start(&s), 0);
    for (uint32_t i = 0; i < 5; i++) {
      tenon_sock client = serving_connect(&s);
      CHECK_OK(client);
      CHECK_EQ(serving_identify(client, i), 0);
      CHECK_EQ(serving_identify(client, ~i), 0);
      CHECK_EQ(tenon_close(client), 0);
    }
    CHECK_EQ(serving_stop(&s), 0);
  }
}
