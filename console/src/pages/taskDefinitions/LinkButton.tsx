export { LinkButton } from '../../widgets/LinkButton';
