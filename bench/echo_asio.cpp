/* echo_asio.cpp - the echo server by asio: async_read_some and write_some, with a buffer for each connection, which is
 * asio's while it reads.
 * SPDX-License-Identifier: MIT */
#include "echo.h"

#include <asio.hpp>
#include <memory>
#include <utility>
#include <vector>

namespace {

asio::io_context context(1); /* one thread: no locks */

class session {
 public:
  explicit session(tenon_sock sock) : socket_(context, asio::ip::tcp::v4(), static_cast<int>(sock)) {
    socket_.non_blocking(true);
    read();
  }

 private:
  void read() {
    socket_.async_read_some(asio::buffer(data_), [this](std::error_code error, std::size_t n) { answer(error, n); });
  }

  void answer(std::error_code error, std::size_t n) {
    if (error || socket_.write_some(asio::buffer(data_, n), error) != n)
      context.stop();
    else
      read();
  }

  asio::ip::tcp::socket socket_;
  char data_[1024];
};

std::vector<std::unique_ptr<session>> sessions;

}  // namespace

int echo_open(echo_connection *connections, int count) try {
  for (int i = 0; i < count; i++) sessions.emplace_back(new session(connections[i].sock));
  return 0;
} catch (const std::exception &) {
  return -1;
}

int echo_serve() try {
  context.run();
  return 0;
} catch (const std::exception &) {
  return -1;
}
