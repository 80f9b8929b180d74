/**
 * The sources of the promises. Pure.
 *
 * @module
 */

const API = "https://learn.microsoft.com/windows/win32/api";
const PROCTHREAD = "https://learn.microsoft.com/windows/win32/procthread";

/** Microsoft's pages, and other sources where there is no page. */
export const PAGES = {
  create: `${API}/jobapi2/nf-jobapi2-createjobobjectw`,
  open: `${API}/jobapi2/nf-jobapi2-openjobobjectw`,
  assign: `${API}/jobapi2/nf-jobapi2-assignprocesstojobobject`,
  terminate: `${API}/jobapi2/nf-jobapi2-terminatejobobject`,
  isInJob: `${API}/jobapi/nf-jobapi-isprocessinjob`,
  rights: `${PROCTHREAD}/job-object-security-and-access-rights`,
  jobs: `${PROCTHREAD}/job-objects`,
  nested: `${PROCTHREAD}/nested-jobs`,
  basic: `${API}/winnt/ns-winnt-jobobject_basic_limit_information`,
  extended: `${API}/winnt/ns-winnt-jobobject_extended_limit_information`,
  accounting: `${API}/winnt/ns-winnt-jobobject_basic_accounting_information`,
  ids: `${API}/winnt/ns-winnt-jobobject_basic_process_id_list`,
  port: `${API}/winnt/ns-winnt-jobobject_associate_completion_port`,
  endOfTime: `${API}/winnt/ns-winnt-jobobject_end_of_job_time_information`,
  ui: `${API}/winnt/ns-winnt-jobobject_basic_ui_restrictions`,
  cpu: `${API}/winnt/ns-winnt-jobobject_cpu_rate_control_information`,
  net: `${API}/winnt/ns-winnt-jobobject_net_rate_control_information`,
  notify: `${API}/winnt/ns-winnt-jobobject_notification_limit_information`,
  set: `${API}/jobapi2/nf-jobapi2-setinformationjobobject`,
  attributes: `${API}/processthreadsapi/nf-processthreadsapi-updateprocthreadattribute`,
  exitCode: `${API}/processthreadsapi/nf-processthreadsapi-getexitcodeprocess`,
  processId: `${API}/processthreadsapi/nf-processthreadsapi-getprocessid`,
  errorMode: `${API}/errhandlingapi/nf-errhandlingapi-seterrormode`,
  ctrlBreak: "https://learn.microsoft.com/windows/console/generateconsolectrlevent",
  /** The class of freezing is in no public header. */
  freeze: "System Informer's phnt, JobObjectFreezeInformation",
  /** Tests that pass on Windows. */
  procgov: "process-governor's tests on Windows (MonitorTerminateJobEvents)",
  processWrap: "process-wrap's tests on Windows (its pull request 55)",
  wineTests: "Wine's tests of job objects, which pass on Windows",
  chromium: "Chromium's tests of job objects, which pass on Windows",
  /** Behaviour without any source. */
  nobody: "not documented",
} as const;
