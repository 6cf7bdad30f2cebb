// One task's health check, as Mesos's command executor makes it (Mesos 1.11, src/checks): COMMAND, HTTP(S) and TCP.
//
// Every probe is a process of its own, so that the executor never waits for one: exit status 0 is healthy.
#pragma once
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "agent_connection.hpp"

using Milliseconds = long long;

// Replaces this process. In `command`: CommandInfo's value, shell, arguments.
[[noreturn]] inline void execute(const nlohmann::json &command) {
    std::string value = command.value("value", "");
    std::vector<std::string> arguments{"sh", "-c", value};
    if (!command.value("shell", true)) arguments = command.value("arguments", std::vector<std::string>{value});
    else value = "/bin/sh";
    std::vector<char *> argv;
    for (auto &argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    execvp(value.c_str(), argv.data());
    fprintf(stderr, "Failed to execute '%s': %s\n", value.c_str(), strerror(errno));
    _exit(127);
}

inline void setVariables(const nlohmann::json &command) {
    if (!command.contains("environment")) return;
    for (auto &variable : command["environment"].value("variables", nlohmann::json::array()))
        setenv(variable["name"].get<std::string>().c_str(), variable.value("value", "").c_str(), 1);
}

class HealthCheck {
    nlohmann::json check;
    Milliseconds started, nextProbe, deadline = 0;
    bool grace = true;                                  // failures do not count yet
    unsigned failures = 0;
    bool timedOut = false;
    std::function<void()> enter;                        // makes a probe's process one of the task's

    Milliseconds seconds(const char *field, double otherwise) const { return check.value(field, otherwise) * 1000; }

    std::string kind() const {
        std::string type = check.value("type", "UNKNOWN");
        if (type != "UNKNOWN") return type;
        return check.contains("http") ? "HTTP" : check.contains("tcp") ? "TCP" : "COMMAND";
    }

    // Mesos itself asks curl. A plain answer is had for less; what curl alone can do (TLS, redirects) is left to it.
    [[noreturn]] void probeHTTP(int timeout) const {
        const auto &http = check.at("http");
        std::string scheme = http.value("scheme", "http"), path = http.value("path", "/");
        bool six = http.value("protocol", "IPv4") == "IPv6";
        std::string host = six ? "[::1]" : "127.0.0.1", port = std::to_string(http.at("port").get<int>());
        if (scheme == "http") {
            auto socket = connected(six ? "::1" : "127.0.0.1", std::stoi(port), timeout);
            sendAll(socket.get(), "GET " + path + " HTTP/1.1\r\nHost: " + host + ":" + port +
                                      "\r\nUser-Agent: mesos-health-check\r\nAccept: */*\r\nConnection: close\r\n\r\n");
            std::string rest;
            int status = readHead(socket.get(), rest);
            if (status >= 200 && status < 300) _exit(0);
            if (status < 300 || status >= 400) throw std::runtime_error("the answer is " + std::to_string(status));
        }
        std::string url = scheme + "://" + host + ":" + port + path;
        const char *ask =
            "code=$(curl -s -S -L -k -g -o /dev/null -w '%{http_code}' \"$1\") || exit 1; "
            "echo \"health check: the answer is $code\"; [ \"$code\" -ge 200 ] && [ \"$code\" -lt 400 ]";
        execute({{"shell", false}, {"value", "/bin/sh"}, {"arguments", {"sh", "-c", ask, "sh", url}}});
    }

    [[noreturn]] void probe(int timeout) const {
        try {
            std::string type = kind();
            if (type == "COMMAND") {
                setVariables(check.at("command"));
                execute(check.at("command"));
            }
            if (type == "HTTP") probeHTTP(timeout);
            const auto &tcp = check.at("tcp");
            connected(tcp.value("protocol", "IPv4") == "IPv6" ? "::1" : "127.0.0.1", tcp.at("port").get<int>(), timeout);
            _exit(0);
        } catch (const std::exception &error) {
            printf("health check: %s\n", error.what());
            fflush(stdout);
            _exit(1);
        }
    }

    void begin(Milliseconds now) {
        Milliseconds timeout = seconds("timeout_seconds", 20);
        deadline = timeout > 0 ? now + timeout : 0;
        timedOut = false;
        pid_t executor = getpid();
        process = fork();
        if (process != 0) return;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != executor) _exit(1);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
        setsid();
        if (enter) enter();
        probe(timeout > 0 ? (timeout + 999) / 1000 : 0);
    }

public:
    enum class Verdict { Ignored, Unchanged, Healthy, Unhealthy, Kill };

    pid_t process = 0;                                  // the probe that is under way
    std::optional<bool> healthy;

    HealthCheck(nlohmann::json check, Milliseconds now, std::function<void()> enter = {})
        : check(std::move(check)), started(now), nextProbe(0), enter(std::move(enter)) {
        nextProbe = now + seconds("delay_seconds", 15);
    }

    // When `turn` has something to do; 0 is never.
    Milliseconds due() const { return process > 0 ? (timedOut ? 0 : deadline) : nextProbe; }

    void turn(Milliseconds now) {
        if (process <= 0 && now >= nextProbe) begin(now);
        else if (process > 0 && deadline > 0 && now >= deadline && !timedOut) {
            printf("health check: no answer in time\n");
            timedOut = true;
            kill(-process, SIGKILL);
            kill(process, SIGKILL);
        }
    }

    void stop() {
        if (process > 0) {
            kill(-process, SIGKILL);
            kill(process, SIGKILL);
        }
    }

    // The probe ended with this wait status.
    Verdict ended(int status, Milliseconds now) {
        process = 0;
        nextProbe = now + seconds("interval_seconds", 10);
        if (!timedOut && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
            grace = false;
            failures = 0;
            bool changed = healthy != true;
            healthy = true;
            return changed ? Verdict::Healthy : Verdict::Unchanged;
        }
        if (grace && now - started <= seconds("grace_period_seconds", 10)) return Verdict::Ignored;
        grace = false;
        failures++;
        healthy = false;
        return failures >= check.value("consecutive_failures", 3u) ? Verdict::Kill : Verdict::Unhealthy;
    }
};
