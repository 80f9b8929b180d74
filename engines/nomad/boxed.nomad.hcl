# A batch job of Nomad on Windows clients in a box.
#
# NOT RUN BY US: Nomad is in no registry that the tests of this project reach. It is written after
# Nomad's documentation and source.

job "boxed" {
  type        = "batch"
  datacenters = ["dc1"]

  constraint {
    attribute = "${attr.kernel.name}"
    value     = "windows"
  }

  group "boxed" {
    task "build" {
      # The only driver for plain programs on Windows; it sets no limits there.
      driver = "raw_exec"

      config {
        command = "C:\\jobbox\\jobbox.exe"
        args = [
          "run", "--quiet",
          "--memory", "${NOMAD_MEMORY_LIMIT}M", "--on-limit", "kill",
          # NOMAD_CPU_LIMIT is in MHz, which --cpus cannot take.
          "--grace", "4s",
          "--label", "alloc=${NOMAD_ALLOC_ID}", "--label", "task=${NOMAD_TASK_NAME}",
          "--report", "${NOMAD_TASK_DIR}\\run.json",
          "--", "cmd", "/c", "build.cmd",
        ]
      }

      # CTRL_BREAK to jobbox, then TerminateProcess of jobbox only: the kernel ends its tree.
      kill_timeout = "10s"

      resources {
        cpu    = 2000
        memory = 512
      }
    }
  }
}

# The record: nomad alloc fs ALLOC build/local/run.json
# OOMKilled stays false on Windows: exit code 137 with the verdict "memory" in the record says it.
