/** Where Calico's own objects stand in the API. */
export const CALICO = "/apis/projectcalico.org/v3";
