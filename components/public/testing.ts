/**
 * `bgpfabric/testing`: run a program on Pulumi's mocks, in a unit test and without an engine. What it registers can be
 * looked at; that a provider can make it is not shown.
 */
export { answer, mockProviders, type MockOptions } from "../testing/mocks";
export { record, settled, type Registered } from "../testing/record";
