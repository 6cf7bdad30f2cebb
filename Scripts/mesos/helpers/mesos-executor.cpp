// `mesos-executor`: runs one command task over the v1 executor API (JSON), and behaves like Mesos's own command executor
// (Mesos 1.11, src/launcher/executor.cpp): it checks the task's health, kills it with its grace period, and leaves when
// the agent has acknowledged its end.
#include "executor_session.hpp"

class Executor : public ExecutorSession {
    const json taskEnvironment;

    json task;                                              // null until the launch
    std::unique_ptr<HealthCheck> health;

    pid_t command = 0;
    bool killing = false, outOfTime = false;
    Milliseconds killAt = 0, completeBy = 0;
    bool over = false;                                      // the terminal update was made
    Milliseconds leaveBy = 0;

    void report(const char *state, const json &extra = json::object()) {
        update(task, state, health ? health->healthy : std::nullopt, extra);
    }

    void handle(const std::string &type, const json &event) override {
        if (type == "LAUNCH") {
            launch(event["launch"]["task"]);
        } else if (type == "KILL") {
            killTask(graceOf(event["kill"], task));
        } else if (type == "SHUTDOWN") {
            if (!command || over) _exit(0);
            killTask(std::max(0LL, shutdownGrace - 2'000));
        }
    }

    // MARK: The task

    void launch(const json &launched) {
        if (!task.is_null()) {
            fprintf(stderr, "A second task is not run: %s\n", launched["task_id"].dump().c_str());
            return;
        }
        task = launched;
        accepted(task);
        report("TASK_STARTING");
        pid_t executor = getpid();
        command = fork();
        if (command == 0) becomeTask(executor);
        if (command < 0) return finish("TASK_FAILED", {{"message", std::string("Failed to fork: ") + strerror(errno)}});
        printf("Forked command at %d\n", command);
        report("TASK_RUNNING");
        if (task.contains("health_check")) health = std::make_unique<HealthCheck>(task["health_check"], now());
        if (task.contains("max_completion_time"))
            completeBy = now() + task["max_completion_time"].value("nanoseconds", 0LL) / 1'000'000;
    }

    [[noreturn]] void becomeTask(pid_t executor) {
        leaveExecutor(executor);
        setVariables({{"environment", taskEnvironment}});
        setVariables(task["command"]);
        setAllocationRole(task);
        execute(task["command"]);
    }

    void killTask(Milliseconds grace) {
        if (!command || over) return;
        Milliseconds at = now() + grace;
        if (killing) {
            killAt = std::min(killAt, at);                  // a kill under way may only be made shorter
            return;
        }
        killing = true;
        killAt = at;
        stopChecking();
        if (reportsKilling) report("TASK_KILLING");
        signalAll(descendants(getpid()), SIGTERM);
    }

    void stopChecking() {
        if (health) health->stop();
    }

    void finish(const char *state, const json &extra) {
        stopChecking();
        over = true;
        killAt = completeBy = 0;
        leaveBy = now() + 60'000;
        signalAll(descendants(getpid()), SIGKILL);          // what the command left behind goes with it
        report(state, extra);
    }

    void commandEnded(int status) {
        std::string message = endInWords(status);
        if (outOfTime) finish("TASK_FAILED", {{"message", message}, {"reason", "REASON_MAX_COMPLETION_TIME_REACHED"}});
        else if (killing) finish("TASK_KILLED", {{"message", message}});
        else if (status == 0) finish("TASK_FINISHED", {{"message", message}});
        else finish("TASK_FAILED", {{"message", message}});
    }

    void probeEnded(int status) {
        auto verdict = health->ended(status, now());
        if (killing || over) return;
        if (verdict == HealthCheck::Verdict::Ignored || verdict == HealthCheck::Verdict::Unchanged) return;
        report("TASK_RUNNING", {{"reason", "REASON_TASK_HEALTH_CHECK_STATUS_UPDATED"}});
        if (verdict == HealthCheck::Verdict::Kill) killTask(graceOf(json::object(), task));
    }

    // MARK: What is due

    void childEnded(pid_t pid, int status) override {
        if (pid == command && !over) commandEnded(status);
        else if (health && pid == health->process) probeEnded(status);
    }

    void doWhatIsDue() override {
        if (over) {
            if (isAllAcknowledged() || now() >= leaveBy) _exit(0);
            return;
        }
        if (completeBy > 0 && now() >= completeBy && !killing) {
            outOfTime = true;
            killTask(0);
        }
        if (killing && killAt > 0 && now() >= killAt) {
            signalAll(descendants(getpid()), SIGKILL);
            killAt = now() + 100;                           // until it is gone: it may have forked meanwhile
        }
        if (health && command && !killing) health->turn(now());
    }

    Milliseconds nextDue() const override {
        if (over) return leaveBy;
        Milliseconds next = 0;
        for (Milliseconds at : {killAt, completeBy, health && !killing ? health->due() : 0})
            if (at > 0) next = next > 0 ? std::min(next, at) : at;
        return next;
    }

public:
    explicit Executor(json taskEnvironment) : taskEnvironment(std::move(taskEnvironment)) {}
};

int main(int argc, char **argv) {
    setvbuf(stdout, nullptr, _IOLBF, 0);
    json variables = json::object();
    for (int i = 1; i < argc; i++) {
        const char *flag = "--task_environment=";
        if (strncmp(argv[i], flag, strlen(flag)) != 0) continue;
        // Either Mesos's Environment, or a plain object of names and values.
        json given = json::parse(argv[i] + strlen(flag));
        if (given.contains("variables")) variables = given;
        else
            for (auto &[name, value] : given.items()) variables["variables"].push_back({{"name", name}, {"value", value}});
    }
    try {
        Executor(variables).run();
    } catch (const std::exception &error) {
        fprintf(stderr, "mesos-executor: %s\n", error.what());
        return 1;
    }
}
